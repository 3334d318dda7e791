using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Computes operators on constants: those that move elements for any element type, and simple float arithmetic.</summary>
internal static class ConstantEvaluator
{
    /// <summary>The result, or null where the operator is not computed here.</summary>
    /// <param name="op">What to do.</param>
    /// <param name="inputs">Constants.</param>
    /// <param name="dims">Extents of the result.</param>
    public static Tensor? TryEvaluate(Operator op, Tensor[] inputs, int[] dims)
    {
        Tensor x = inputs[0];
        switch (op)
        {
            case Identity:
                return x;
            case Reshape:
                return x.Floats is { } f ? Tensor.Of(f, dims) : Tensor.Of(x.Type, x.Integers!, dims);
            case Transpose t:
                return Move(x, dims, Positions(dims, Array.ConvertAll(t.Permutation, a => Strides(x.Dims)[a])), 0);
            case Select s:
                return Move(x, dims, SelectPositions(x.Dims, dims, s.Indices), s.Fill);
            case Concat c when Array.TrueForAll(inputs, i => i.Type == x.Type):
                return Concatenate(inputs, c.Axis, dims);
            case Unary u when x.Floats is not null && ScalarFunctions.Unary(u) is { } function:
                return Tensor.Of(Array.ConvertAll(x.Floats, v => function(v)), dims);
            case Binary b when x.Floats is not null && inputs[1].Floats is not null:
                return Elementwise(b, x, inputs[1], dims);
            default:
                return null;
        }
    }

    /// <summary>Row-major strides.</summary>
    public static long[] Strides(int[] dims)
    {
        var strides = new long[dims.Length];
        long stride = 1;
        for (int i = dims.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= dims[i];
        }

        return strides;
    }

    /// <summary>Strides of an operand under numpy broadcasting: 0 along the axes it is repeated on.</summary>
    public static long[] BroadcastStrides(int[] dims, int[] result)
    {
        long[] own = Strides(dims);
        var strides = new long[result.Length];
        int lead = result.Length - dims.Length;
        for (int i = 0; i < dims.Length; i++)
        {
            strides[lead + i] = dims[i] == 1 ? 0 : own[i];
        }

        return strides;
    }

    /// <summary>Offset of every element in row-major order of <paramref name="dims"/> under the given strides.</summary>
    public static int[] Positions(int[] dims, long[] strides)
    {
        var offsets = new int[dims.Length][];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            offsets[axis] = new int[dims[axis]];
            for (int i = 0; i < dims[axis]; i++)
            {
                offsets[axis][i] = (int)(i * strides[axis]);
            }
        }

        return Sum(offsets);
    }

    private static int[] SelectPositions(int[] inputDims, int[] dims, int[]?[] indices)
    {
        long[] strides = Strides(inputDims);
        var offsets = new int[dims.Length][];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            offsets[axis] = new int[dims[axis]];
            for (int i = 0; i < dims[axis]; i++)
            {
                int source = indices[axis]?[i] ?? i;
                offsets[axis][i] = source < 0 ? -1 : (int)(source * strides[axis]);
            }
        }

        return Sum(offsets);
    }

    /// <summary>Sums one offset per axis for all combinations; −1 is absorbing.</summary>
    private static int[] Sum(int[][] offsets)
    {
        int[] positions = [0];
        foreach (int[] axis in offsets)
        {
            var next = new int[checked(positions.Length * axis.Length)];
            int at = 0;
            foreach (int p in positions)
            {
                foreach (int o in axis)
                {
                    next[at++] = p < 0 || o < 0 ? -1 : p + o;
                }
            }

            positions = next;
        }

        return positions;
    }

    private static Tensor Move(Tensor x, int[] dims, int[] positions, float fill) => x.Floats is { } f
        ? Tensor.Of(Array.ConvertAll(positions, p => p < 0 ? fill : f[p]), dims)
        : Tensor.Of(x.Type, Array.ConvertAll(positions, p => p < 0 ? (long)fill : x.Integers![p]), dims);

    private static Tensor Concatenate(Tensor[] inputs, int axis, int[] dims)
    {
        int outer = dims[..axis].Aggregate(1, (a, b) => a * b);
        int count = dims.Aggregate(1, (a, b) => checked(a * b));
        Array result = inputs[0].Floats is not null ? new float[count] : new long[count];
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (Tensor input in inputs)
            {
                int block = input.Count / Math.Max(outer, 1);
                Array.Copy((Array?)input.Floats ?? input.Integers!, o * block, result, at, block);
                at += block;
            }
        }

        return result is float[] floats ? Tensor.Of(floats, dims) : Tensor.Of(inputs[0].Type, (long[])result, dims);
    }

    private static Tensor Elementwise(Binary op, Tensor a, Tensor b, int[] dims)
    {
        int[] pa = Positions(dims, BroadcastStrides(a.Dims, dims));
        int[] pb = Positions(dims, BroadcastStrides(b.Dims, dims));
        Func<float, float, float> function = ScalarFunctions.Binary(op.Function);
        var result = new float[pa.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = Math.Min(Math.Max(function(a.Floats![pa[i]], b.Floats![pb[i]]), op.Clamp.Minimum), op.Clamp.Maximum);
        }

        return Tensor.Of(result, dims);
    }
}
