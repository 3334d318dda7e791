using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Gemm: α·A'·B' + β·C.</summary>
internal sealed class GemmOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Gemm"];

    public string Note => "constant or computed B; alpha, beta and transposes are folded into constants";

    public void Import(NodeImport n)
    {
        if (n.Opset < 7)
        {
            n.Ignore("broadcast");
        }

        Value a = n.Float(0);
        Value b = n.Float(1);
        Value? c = n.Has(2) ? n.Float(2) : null;
        float alpha = n.Real("alpha", 1);
        float beta = n.Real("beta", 1);
        bool transposeA = n.Flag("transA");
        bool transposeB = n.Flag("transB");
        n.Ignore("broadcast");
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (a.Dims.Length != 2 || b.Dims.Length != 2)
        {
            throw n.Bad("needs inputs with two dimensions");
        }

        if (transposeA)
        {
            a = n.Temporary(new Transpose([1, 0]), [a], [a.Dims[1], a.Dims[0]]);
        }

        // The graph's Linear wants [N, K].
        if (b.Constant is not null != transposeB)
        {
            b = n.Temporary(new Transpose([1, 0]), [b], [b.Dims[1], b.Dims[0]]);
        }

        bool linear = b.Constant is not null;
        int inner = linear ? b.Dims[1] : b.Dims[0];
        int[] dims = [a.Dims[0], linear ? b.Dims[0] : b.Dims[1]];
        if (a.Dims[1] != inner)
        {
            throw n.Bad($"multiplies matrices with inner extents {a.Dims[1]} and {inner}");
        }

        if (c is not null && !MatrixShapes.BroadcastsTo(c.Dims, dims))
        {
            throw n.Bad($"adds a C of shape [{string.Join("×", c.Dims)}] to [{string.Join("×", dims)}]");
        }

        if (beta == 0)
        {
            c = null;
        }

        Value? bias = linear && c?.Constant is not null && (c.Dims.Length < 2 || c.Dims[0] == 1) ? Bias(n, c, beta, dims[1]) : null;
        Value? addend = bias is null ? c : null;
        Value product = Product(n, a, b, bias, alpha, dims, last: addend is null);
        if (addend is not null)
        {
            if (beta != 1)
            {
                addend = n.Temporary(new Unary(UnaryFunction.Linear, beta), [addend], addend.Dims);
            }

            n.Emit(new Binary(BinaryFunction.Add, Clamp.None), [product, addend], dims);
        }
    }

    private static Value Product(NodeImport n, Value a, Value b, Value? bias, float alpha, int[] dims, bool last)
    {
        Value Make(Operator op, Value[] inputs, bool emit) => emit ? n.Emit(op, inputs, dims) : n.Temporary(op, inputs, dims);
        if (b.Constant is null)
        {
            Value product = Make(new MatMul(), [a, b], last && alpha == 1);
            return alpha == 1 ? product : Make(new Unary(UnaryFunction.Linear, alpha), [product], last);
        }

        if (alpha != 1)
        {
            b = n.NewConstant(Tensor.Of(Array.ConvertAll(b.Constant.Floats!, v => v * alpha), b.Dims), "weights");
        }
        else
        {
            b.WeightScales ??= n.Context.WeightScales(b, 0);
        }

        return Make(new Linear(Clamp.None), bias is null ? [a, b] : [a, b, bias], last);
    }

    private static Value Bias(NodeImport n, Value c, float beta, int outputs)
    {
        float[] values = c.Constant!.Floats!;
        if (c.Dims.Length == 1 && c.Dims[0] == outputs && beta == 1)
        {
            return c;
        }

        var bias = new float[outputs];
        for (int i = 0; i < outputs; i++)
        {
            bias[i] = beta * values[values.Length == 1 ? 0 : i];
        }

        return n.NewConstant(Tensor.Of(bias, outputs), "bias");
    }
}
