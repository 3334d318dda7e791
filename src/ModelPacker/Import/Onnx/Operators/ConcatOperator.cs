using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Concat.</summary>
internal sealed class ConcatOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Concat"];

    public string Note => "any axis; quantised inputs with equal scales";

    public void Import(NodeImport n)
    {
        List<Value> inputs = [];
        for (int i = 0; i < n.InputCount; i++)
        {
            inputs.Add(n.Data(i));
        }

        if (!n.HasAttribute("axis"))
        {
            throw n.Bad("lacks its axis");
        }

        (int axis, int[] dims) = Resolve(n, inputs, n.Integer("axis", 1));
        List<Value> kept = n.AllConstant ? inputs : [.. inputs.Where(v => v.Dims[axis] > 0)];
        n.EmitData(new Concat(axis), [.. kept], dims);
    }

    /// <summary>Resolves the axis and the extents of the result.</summary>
    public static (int Axis, int[] Dims) Resolve(NodeImport n, IReadOnlyList<Value> inputs, long givenAxis)
    {
        if (inputs.Count == 0)
        {
            throw n.Bad("has no inputs");
        }

        int[] dims = [.. inputs[0].Dims];
        int axis = n.Axis(givenAxis, dims.Length);
        dims[axis] = 0;
        foreach (Value input in inputs)
        {
            for (int i = 0; i < dims.Length; i++)
            {
                if (input.Dims.Length != dims.Length || (i != axis && input.Dims[i] != dims[i]))
                {
                    throw n.Bad($"joins the shapes {string.Join(", ", inputs.Select(v => $"[{string.Join("×", v.Dims)}]"))}");
                }
            }

            dims[axis] = checked(dims[axis] + input.Dims[axis]);
        }

        return (axis, dims);
    }
}
