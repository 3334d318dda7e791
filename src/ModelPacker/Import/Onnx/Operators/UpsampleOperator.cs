using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Upsample, the forerunner of Resize.</summary>
internal sealed class UpsampleOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Upsample"];

    public int MinimumOpset => 7;

    public string Note => "nearest and linear; constant scales";

    public void Import(NodeImport n)
    {
        string mode = n.Text("mode", "nearest");
        Value x = mode == "nearest" ? n.Data(0) : n.Float(0);
        float[] scales = n.Opset >= 9 ? n.ConstantFloats(1) : n.Reals("scales") ?? throw n.Bad("lacks its scales");
        if (mode is not ("nearest" or "linear" or "bilinear") || scales.Length != x.Dims.Length || Array.Exists(scales, s => !(s >= 1)))
        {
            throw n.Bad($"has mode '{mode}' and scales [{string.Join(", ", scales)}]");
        }

        var rule = new ResizeRule(mode == "nearest" ? mode : "linear", "asymmetric", "simple", 0, false, false, 0);
        ResizeOperator.Emit(n, x, ResizeOperator.ByScales(n, x.Dims, [.. Enumerable.Range(0, scales.Length)], scales, rule), rule);
    }
}
