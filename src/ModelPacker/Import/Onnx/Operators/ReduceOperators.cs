using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Reductions over axes.</summary>
internal sealed class ReduceOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"];

    public string Note => "constant axes, as attribute or input";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        int rank = x.Dims.Length;
        bool keep = n.Flag("keepdims", true);
        bool noop = n.Flag("noop_with_empty_axes");
        long[]? given = n.Opset >= (n.Proto.OpType == "ReduceSum" ? 13 : 18) ? n.OptionalIntegers(1) : n.Integers("axes");
        bool all = given is null || given.Length == 0;
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (all && noop)
        {
            if (n.Proto.OpType is "ReduceL1" or "ReduceL2" or "ReduceSumSquare")
            {
                throw n.Refused("it reduces over no axis", "Name the axes.");
            }

            n.SetOutput(x);
            return;
        }

        int[] axes = all ? [.. Enumerable.Range(0, rank)] : n.Axes(given!, rank);
        Array.Sort(axes);
        int[] dims = keep
            ? [.. x.Dims.Select((d, i) => axes.Contains(i) ? 1 : d)]
            : [.. x.Dims.Where((_, i) => !axes.Contains(i))];
        Emit(n, x, axes, dims);
    }

    private static void Emit(NodeImport n, Value x, int[] axes, int[] dims)
    {
        switch (n.Proto.OpType)
        {
            case "ReduceMean":
                n.Emit(new Reduce(ReduceKind.Mean, axes), [x], dims);
                break;
            case "ReduceSum":
                n.Emit(new Reduce(ReduceKind.Sum, axes), [x], dims);
                break;
            case "ReduceMax":
                n.Emit(new Reduce(ReduceKind.Maximum, axes), [x], dims);
                break;
            case "ReduceMin":
                Value negative = n.Temporary(new Unary(UnaryFunction.Negate), [x], x.Dims);
                Value maximum = n.Temporary(new Reduce(ReduceKind.Maximum, axes), [negative], dims);
                n.Emit(new Unary(UnaryFunction.Negate), [maximum], dims);
                break;
            case "ReduceL1":
                Value absolute = n.Temporary(new Unary(UnaryFunction.Abs), [x], x.Dims);
                n.Emit(new Reduce(ReduceKind.Sum, axes), [absolute], dims);
                break;
            case "ReduceSumSquare":
                n.Emit(new Reduce(ReduceKind.Sum, axes), [Square(n, x)], dims);
                break;
            default:
                Value sum = n.Temporary(new Reduce(ReduceKind.Sum, axes), [Square(n, x)], dims);
                n.Emit(new Unary(UnaryFunction.Sqrt), [sum], dims);
                break;
        }
    }

    private static Value Square(NodeImport n, Value x) => n.Temporary(new Binary(BinaryFunction.Multiply, Clamp.None), [x, x], x.Dims);
}
