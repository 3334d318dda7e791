using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>ConstantOfShape.</summary>
internal sealed class ConstantOfShapeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["ConstantOfShape"];

    public string Note => "constant shape";

    public void Import(NodeImport n)
    {
        long[] shape = n.OptionalIntegers(0) ?? throw n.Bad("lacks its shape");
        Tensor value = n.TensorAttribute("value") ?? Tensor.Of([0f], 1);
        int[] dims = Array.ConvertAll(shape, d => d is >= 0 and <= ImportContext.MaximumElements ? (int)d : throw n.Bad($"has the extent {d}"));
        long count = 1;
        foreach (int d in dims)
        {
            count *= d;
            if (count > ImportContext.MaximumElements)
            {
                throw n.Refused("its output is too large", "Use a smaller shape.");
            }
        }

        if (value.Count != 1)
        {
            throw n.Bad("has more than one value");
        }

        n.EmitConstant(value.Floats is { } f
            ? Tensor.Of([.. Enumerable.Repeat(f[0], (int)count)], dims)
            : Tensor.Of(value.Type, [.. Enumerable.Repeat(value.Integers![0], (int)count)], dims));
    }
}
