using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Softmax and LogSoftmax.</summary>
internal sealed class SoftmaxOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Softmax", "LogSoftmax"];

    public string Note => "one axis; before opset 13 over the flattened tail, as specified";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        bool logarithm = n.Proto.OpType == "LogSoftmax";
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        int rank = x.Dims.Length;
        if (n.Opset >= 13)
        {
            n.Emit(new Softmax(n.Axis(n.Integer("axis", -1), rank), logarithm), [x], x.Dims);
            return;
        }

        int axis = n.Axis(n.Integer("axis", 1), rank);
        int[] wide = [.. Enumerable.Range(axis, rank - axis).Where(a => x.Dims[a] > 1)];
        if (wide.Length <= 1)
        {
            n.Emit(new Softmax(wide.Length == 1 ? wide[0] : axis, logarithm), [x], x.Dims);
            return;
        }

        int[] flat = [(int)MatrixShapes.Count(x.Dims[..axis]), (int)MatrixShapes.Count(x.Dims[axis..])];
        Value matrix = n.Temporary(new Reshape(), [x], flat);
        Value result = n.Temporary(new Softmax(1, logarithm), [matrix], flat);
        n.Emit(new Reshape(), [result], x.Dims);
    }
}
