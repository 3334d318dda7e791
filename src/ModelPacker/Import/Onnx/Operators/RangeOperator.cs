using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Range.</summary>
internal sealed class RangeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Range"];

    public string Note => "constant bounds";

    public void Import(NodeImport n)
    {
        Tensor start = n.Constant(0);
        Tensor limit = n.Constant(1);
        Tensor delta = n.Constant(2);
        if (start.Count != 1 || limit.Count != 1 || delta.Count != 1 || delta.ToFloats()[0] == 0)
        {
            throw n.Bad("needs three single values, the last not 0");
        }

        double first = Value(start);
        double step = Value(delta);
        double count = Math.Max(0, Math.Ceiling((Value(limit) - first) / step));
        if (!(count <= ImportContext.MaximumElements))
        {
            throw n.Refused("its output is too large", "Use closer bounds.");
        }

        n.EmitConstant(start.Integers is { } s
            ? Tensor.Of(start.Type, [.. Enumerable.Range(0, (int)count).Select(i => s[0] + (i * delta.Integers![0]))], (int)count)
            : Tensor.Of([.. Enumerable.Range(0, (int)count).Select(i => (float)(first + (i * step)))], (int)count));
    }

    private static double Value(Tensor t) => t.Integers is { } i ? i[0] : t.Floats![0];
}
