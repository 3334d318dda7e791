using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Reshape.</summary>
internal sealed class ReshapeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Reshape"];

    public string Note => "constant shape; 0, -1 and allowzero";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        long[] shape = n.OptionalIntegers(1) ?? throw n.Bad("lacks its shape");
        bool allowZero = n.Flag("allowzero");
        var dims = new int[shape.Length];
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            long d = shape[i];
            if (d == 0 && !allowZero)
            {
                d = i < x.Dims.Length ? x.Dims[i] : throw n.Bad("copies an extent that its input does not have");
            }

            if (d == -1)
            {
                unknown = unknown < 0 ? i : throw n.Bad("leaves two extents open");
                continue;
            }

            dims[i] = d is >= 0 and <= int.MaxValue ? (int)d : throw n.Bad($"has the extent {d} in its shape");
            known = checked(known * d);
        }

        long count = MatrixShapes.Count(x.Dims);
        if (unknown >= 0)
        {
            if (known == 0 || count % known != 0)
            {
                throw Mismatch(n, x, shape);
            }

            dims[unknown] = (int)(count / known);
            known *= dims[unknown];
        }

        if (known != count)
        {
            throw Mismatch(n, x, shape);
        }

        n.EmitData(new Reshape(), [x], dims);
    }

    private static ModelException Mismatch(NodeImport n, Value x, long[] shape) =>
        new($"Node '{n.Name}' (Reshape) makes [{string.Join(", ", shape)}] of [{string.Join("×", x.Dims)}], which has another number of elements. The model was probably exported for another input size: give the input shape it was exported for.");
}
