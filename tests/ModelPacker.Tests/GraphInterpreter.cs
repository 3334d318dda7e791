using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Tests;

/// <summary>Runs a graph with naive loops: an oracle that shares no code with the library. Quantised data are held as the stored numbers
/// (uint8: 0…255). An annotated float value is rounded to its grid.</summary>
internal sealed class GraphInterpreter(Graph graph)
{
    private readonly Dictionary<Value, float[]> _data = [];

    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">Elements by input name.</param>
    /// <returns>Elements of the outputs in the graph's order.</returns>
    public float[][] Run(IReadOnlyDictionary<string, float[]> inputs)
    {
        _data.Clear();
        foreach (Value input in graph.Inputs)
        {
            float[] x = inputs[input.Name];
            Assert.Equal(Count(input.Dims), x.Length);
            _data[input] = Round(input, x);
        }

        foreach (Node node in graph.Nodes)
        {
            float[] y = new float[Count(node.Output.Dims)];
            float[][] x = [.. node.Inputs.Select(Data)];
            Evaluate(node, x, y);
            _data.Add(node.Output, Round(node.Output, y));
        }

        return [.. graph.Outputs.Select(Data)];
    }

    private float[] Data(Value value) => value.Constant?.ToFloats() ?? _data[value];

    private static float[] Round(Value value, float[] x)
    {
        if (value.Type != DataType.Float || value.Quantization is not { } q)
        {
            return x;
        }

        return Array.ConvertAll(x, v => (Math.Clamp(MathF.Round(v / q.Scale, MidpointRounding.ToEven) + q.ZeroPoint, -128, 127) - q.ZeroPoint) * q.Scale);
    }

    private static int Count(int[] dims) => dims.Aggregate(1, (a, b) => a * b);

    private static void Evaluate(Node node, float[][] x, float[] y)
    {
        int[] dims = node.Output.Dims;
        int[] inDims = node.Inputs[0].Dims;
        switch (node.Operator)
        {
            case Convolution c:
                WindowOracle.Convolve(c, x, inDims, node.Inputs[1].Dims, y, dims);
                break;
            case TransposedConvolution c:
                WindowOracle.ConvolveTransposed(c, x, inDims, node.Inputs[1].Dims, y, dims);
                break;
            case Pool p:
                WindowOracle.Pool(p, x[0], inDims, y, dims);
                break;
            case Linear l:
                int k = inDims[^1];
                int n = dims[^1];
                for (int i = 0; i < y.Length; i++)
                {
                    double sum = x.Length > 2 ? x[2][i % n] : 0;
                    for (int j = 0; j < k; j++)
                    {
                        sum += (double)x[0][(i / n * k) + j] * x[1][(i % n * k) + j];
                    }

                    y[i] = Clip(l.Clamp, (float)sum);
                }

                break;
            case MatMul:
                MatrixProduct(x, inDims, node.Inputs[1].Dims, y, dims);
                break;
            case Reduce r:
                Reduction(r, x[0], inDims, y);
                break;
            case Unary u:
                for (int i = 0; i < y.Length; i++)
                {
                    y[i] = (float)ScalarOracle.Apply(u.Function, x[0][i], u.Alpha, u.Beta);
                }

                break;
            case PRelu:
                for (int i = 0; i < y.Length; i++)
                {
                    float slope = x[1].Length == 1 ? x[1][0] : x[1][Index(dims, i)[1]];
                    y[i] = x[0][i] >= 0 ? x[0][i] : slope * x[0][i];
                }

                break;
            case Binary b:
                for (int i = 0; i < y.Length; i++)
                {
                    int[] at = Index(dims, i);
                    float p = x[0][Broadcast(inDims, at)];
                    float q = x[1][Broadcast(node.Inputs[1].Dims, at)];
                    y[i] = Clip(b.Clamp, ScalarOracle.Apply(b.Function, p, q));
                }

                break;
            case ChannelAffine:
                for (int i = 0; i < y.Length; i++)
                {
                    int c = Index(dims, i)[1];
                    y[i] = (x[0][i] * x[1][c]) + x[2][c];
                }

                break;
            case Softmax s:
                SoftmaxAlong(s, x[0], dims, y);
                break;
            case Lrn l:
                Normalise(l, x[0], dims, y);
                break;
            case Concat c:
                for (int i = 0; i < y.Length; i++)
                {
                    int[] at = Index(dims, i);
                    int part = 0;
                    while (at[c.Axis] >= node.Inputs[part].Dims[c.Axis])
                    {
                        at[c.Axis] -= node.Inputs[part++].Dims[c.Axis];
                    }

                    y[i] = x[part][Offset(node.Inputs[part].Dims, at)];
                }

                break;
            case Reshape or Identity:
                x[0].CopyTo(y, 0);
                break;
            case Transpose t:
                for (int i = 0; i < y.Length; i++)
                {
                    int[] at = Index(dims, i);
                    var from = new int[at.Length];
                    for (int a = 0; a < at.Length; a++)
                    {
                        from[t.Permutation[a]] = at[a];
                    }

                    y[i] = x[0][Offset(inDims, from)];
                }

                break;
            case Select s:
                for (int i = 0; i < y.Length; i++)
                {
                    int[] at = Index(dims, i);
                    int[] from = [.. at.Select((p, a) => s.Indices[a]?[p] ?? p)];
                    y[i] = from.Contains(-1) ? s.Fill : x[0][Offset(inDims, from)];
                }

                break;
            case Resample r:
                Interpolate(r, x[0], inDims, y, dims);
                break;
            case Quantize:
                (Quantization q8, int shift) = (node.Output.Quantization!, node.Output.Type == DataType.UInt8 ? 128 : 0);
                for (int i = 0; i < y.Length; i++)
                {
                    y[i] = Math.Clamp(MathF.Round(x[0][i] / q8.Scale, MidpointRounding.ToEven) + q8.ZeroPoint, -128, 127) + shift;
                }

                break;
            case Dequantize:
                (Quantization d8, int back) = (node.Inputs[0].Quantization!, node.Inputs[0].Type == DataType.UInt8 ? 128 : 0);
                for (int i = 0; i < y.Length; i++)
                {
                    y[i] = (x[0][i] - back - d8.ZeroPoint) * d8.Scale;
                }

                break;
            default:
                throw new NotSupportedException(node.ToString());
        }
    }

    private static float Clip(Clamp clamp, float v) => Math.Min(Math.Max(v, clamp.Minimum), clamp.Maximum);

    internal static int[] Index(int[] dims, int flat)
    {
        var at = new int[dims.Length];
        for (int a = dims.Length - 1; a >= 0; a--)
        {
            at[a] = flat % dims[a];
            flat /= dims[a];
        }

        return at;
    }

    internal static int Offset(int[] dims, int[] at)
    {
        int flat = 0;
        for (int a = 0; a < dims.Length; a++)
        {
            Assert.InRange(at[a], 0, dims[a] - 1);
            flat = (flat * dims[a]) + at[a];
        }

        return flat;
    }

    private static int Broadcast(int[] dims, int[] at)
    {
        int[] own = at[(at.Length - dims.Length)..];
        return Offset(dims, [.. own.Select((p, a) => dims[a] == 1 ? 0 : p)]);
    }

    private static void MatrixProduct(float[][] x, int[] a, int[] b, float[] y, int[] dims)
    {
        for (int i = 0; i < y.Length; i++)
        {
            int[] at = Index(dims, i);
            double sum = 0;
            for (int j = 0; j < a[^1]; j++)
            {
                int[] left = [.. at];
                int[] right = [.. at];
                left[^1] = j;
                right[^2] = j;
                sum += (double)x[0][Broadcast(a, left)] * x[1][Broadcast(b, right)];
            }

            y[i] = (float)sum;
        }
    }

    private static void Reduction(Reduce r, float[] x, int[] dims, float[] y)
    {
        var sums = new double[y.Length];
        Array.Fill(sums, r.Kind == ReduceKind.Maximum ? double.NegativeInfinity : 0);
        int[] kept = [.. dims.Select((d, a) => r.Axes.Contains(a) ? 1 : d)];
        for (int i = 0; i < x.Length; i++)
        {
            int[] at = Index(dims, i);
            Array.ForEach(r.Axes, a => at[a] = 0);
            int o = Offset(kept, at);
            sums[o] = r.Kind == ReduceKind.Maximum ? Math.Max(sums[o], x[i]) : sums[o] + x[i];
        }

        double count = r.Kind == ReduceKind.Mean ? x.Length / y.Length : 1;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)(sums[i] / count);
        }
    }

    private static void SoftmaxAlong(Softmax s, float[] x, int[] dims, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            int[] at = Index(dims, i);
            var line = new double[dims[s.Axis]];
            for (int j = 0; j < line.Length; j++)
            {
                int[] other = [.. at];
                other[s.Axis] = j;
                line[j] = x[Offset(dims, other)];
            }

            double max = line.Max();
            double sum = line.Sum(v => Math.Exp(v - max));
            y[i] = (float)(s.Logarithm ? x[i] - max - Math.Log(sum) : Math.Exp(x[i] - max) / sum);
        }
    }

    private static void Normalise(Lrn l, float[] x, int[] dims, float[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            int[] at = Index(dims, i);
            double sum = 0;
            for (int c = Math.Max(0, at[1] - ((l.Size - 1) / 2)); c <= Math.Min(dims[1] - 1, at[1] + (l.Size / 2)); c++)
            {
                int[] other = [.. at];
                other[1] = c;
                sum += Math.Pow(x[Offset(dims, other)], 2);
            }

            y[i] = (float)(x[i] / Math.Pow(l.Bias + (l.Alpha / l.Size * sum), l.Beta));
        }
    }

    private static void Interpolate(Resample r, float[] x, int[] inDims, float[] y, int[] dims)
    {
        double[] current = [.. x.Select(v => (double)v)];
        int[] shape = [.. inDims];
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (r.Positions[axis] is not { } positions)
            {
                continue;
            }

            int[] next = [.. shape];
            next[axis] = dims[axis];
            int taps = positions.Length / dims[axis];
            var result = new double[Count(next)];
            for (int i = 0; i < result.Length; i++)
            {
                int[] at = Index(next, i);
                int o = at[axis];
                for (int t = 0; t < taps; t++)
                {
                    if (positions[(o * taps) + t] is >= 0 and var p)
                    {
                        at[axis] = p;
                        result[i] += current[Offset(shape, at)] * r.Weights[axis]![(o * taps) + t];
                    }
                }
            }

            (current, shape) = (result, next);
        }

        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)current[i];
        }
    }
}
