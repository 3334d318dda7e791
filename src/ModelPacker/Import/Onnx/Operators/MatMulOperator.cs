using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>MatMul.</summary>
internal sealed class MatMulOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["MatMul"];

    public string Note => "constant or computed factors, batches with broadcasting, vectors";

    public void Import(NodeImport n)
    {
        Value a = n.Float(0);
        Value b = n.Float(1);
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        Multiply(n, a, b);
    }

    /// <summary>Emits the product of two float values: the node's output, or an intermediate value.</summary>
    public static Value Multiply(NodeImport n, Value a, Value b, bool temporary = false)
    {
        if (a.Dims.Length == 0 || b.Dims.Length == 0)
        {
            throw n.Bad("multiplies a scalar");
        }

        bool vectorA = a.Dims.Length == 1;
        bool vectorB = b.Dims.Length == 1;
        a = vectorA ? n.Temporary(new Reshape(), [a], [1, a.Dims[0]]) : a;
        b = vectorB ? n.Temporary(new Reshape(), [b], [b.Dims[0], 1]) : b;
        if (a.Dims[^1] != b.Dims[^2])
        {
            throw n.Bad($"multiplies matrices with inner extents {a.Dims[^1]} and {b.Dims[^2]}");
        }

        // Batches of one matrix each are one matrix.
        b = b.Constant is not null && b.Dims.Length > 2 && b.Dims.Length <= a.Dims.Length && MatrixShapes.Count(b.Dims[..^2]) == 1
            ? n.Temporary(new Reshape(), [b], b.Dims[^2..])
            : b;

        int[] batch = MatrixShapes.Broadcast(n, a.Dims[..^2], b.Dims[..^2]);
        int[] dims = [.. batch, a.Dims[^2], b.Dims[^1]];
        bool vector = vectorA || vectorB;
        Value Make(Operator op, Value[] inputs, int[] shape, bool last) => last && !vector && !temporary ? n.Emit(op, inputs, shape) : n.Temporary(op, inputs, shape);
        Value product;
        if (b.Constant is not null && b.Dims.Length == 2)
        {
            Value w = n.Temporary(new Transpose([1, 0]), [b], [b.Dims[1], b.Dims[0]]);
            w.WeightScales ??= n.Context.WeightScales(w, 0);
            product = Make(new Linear(Clamp.None), [a, w], dims, true);
        }
        else if (a.Constant is not null && a.Dims.Length == 2)
        {
            // A·B = (Bᵀ·Aᵀ)ᵀ, which makes the constant the weights of a Linear.
            int[] swap = MatrixShapes.SwapLast(b.Dims.Length);
            a.WeightScales ??= n.Context.WeightScales(a, 0);
            Value turned = n.Temporary(new Transpose(swap), [b], MatrixShapes.Permute(b.Dims, swap));
            Value linear = n.Temporary(new Linear(Clamp.None), [turned, a], [.. b.Dims[..^2], b.Dims[^1], a.Dims[0]]);
            product = Make(new Transpose(swap), [linear], dims, true);
        }
        else
        {
            product = Make(new MatMul(), [a, b], dims, true);
        }

        if (!vector)
        {
            return product;
        }

        List<int> squeezed = [.. dims];
        if (vectorB)
        {
            squeezed.RemoveAt(squeezed.Count - 1);
        }

        if (vectorA)
        {
            squeezed.RemoveAt(squeezed.Count - (vectorB ? 1 : 2));
        }

        return n.Emit(new Reshape(), [product], [.. squeezed]);
    }
}
