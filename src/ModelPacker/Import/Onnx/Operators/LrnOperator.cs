using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>LRN: local response normalisation across channels.</summary>
internal sealed class LrnOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["LRN"];

    public string Note => "across channels";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        long size = n.Integer("size", 0);
        if (size < 1 || size > 1 << 20 || x.Dims.Length < 2)
        {
            throw n.Bad($"has size {size} for an input with {x.Dims.Length} dimensions");
        }

        if (size % 2 == 0)
        {
            throw n.Refused($"its size {size} is even, which runtimes read differently", "Use an odd size.");
        }

        n.Emit(new Lrn((int)size, n.Real("alpha", 0.0001f), n.Real("beta", 0.75f), n.Real("bias", 1)), [x], x.Dims);
    }
}
