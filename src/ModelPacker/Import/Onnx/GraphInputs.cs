using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Defines initialisers and graph inputs, those only that somebody reads.</summary>
internal sealed class GraphInputs(ImportContext context, GraphProto graph)
{
    public void Define()
    {
        foreach (TensorProto initializer in graph.Initializer)
        {
            if (!context.Used.Contains(initializer.Name))
            {
                continue;
            }

            if (ElementTypes.ToDataType(initializer.DataType) is null)
            {
                Refuse(initializer.Name, "Initializer", $"element type {ElementTypes.NameOf(initializer.DataType)} is not supported.", "Convert it to float, int8, uint8, int32 or int64.");
                continue;
            }

            Tensor tensor = TensorReader.Read(initializer, $"Initializer '{initializer.Name}'", context.Folder);
            context.Define(initializer.Name, context.Constant(initializer.Name, tensor));
        }

        foreach (SparseTensorProto sparse in graph.SparseInitializer)
        {
            if (sparse.Values is not null && context.Used.Contains(sparse.Values.Name))
            {
                Refuse(sparse.Values.Name, "SparseInitializer", "sparse weights are not supported.", "Store the weights densely.");
            }
        }

        foreach (ValueInfoProto input in graph.Input)
        {
            // Files of the first IR versions list their initialisers as inputs too.
            if (!context.Used.Contains(input.Name) || context.Find(input.Name) is not null)
            {
                continue;
            }

            if (context.Options.BoundInputs.TryGetValue(input.Name, out Tensor? bound))
            {
                context.Define(input.Name, context.Constant(input.Name, bound));
                continue;
            }

            DefineInput(input);
        }
    }

    private void DefineInput(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not { } tensor)
        {
            Refuse(input.Name, "Input", "it is not a tensor.", "Give the network tensors only.");
            return;
        }

        DataType? type = tensor.ElemType == ElementTypes.BFloat16 ? null : ElementTypes.ToDataType(tensor.ElemType);
        if (type is null)
        {
            Refuse(input.Name, "Input", $"element type {ElementTypes.NameOf(tensor.ElemType)} is not supported at run time.", "Use float, int8 or uint8 inputs.");
            return;
        }

        var value = new Value(context.Unique(input.Name)) { Dims = Resolve(input.Name, tensor.Shape), Type = type.Value };
        context.Define(input.Name, value);
        context.Graph.Inputs.Add(value);
    }

    private int[] Resolve(string name, TensorShapeProto? shape)
    {
        string advice = $"Give its shape when importing, for instance {name}=1,3,224,224.";
        if (context.Options.InputShapes.TryGetValue(name, out int[]? given))
        {
            if (shape is not null && shape.Dim.Count != given.Length)
            {
                throw new ModelException($"Input '{name}' has {shape.Dim.Count} dimensions, but the shape given for it has {given.Length}.");
            }

            return Check(name, given);
        }

        if (shape is null)
        {
            throw new ModelException($"The shape of input '{name}' is unknown. {advice}");
        }

        var dims = new int[shape.Dim.Count];
        for (int i = 0; i < dims.Length; i++)
        {
            TensorShapeProto.Types.Dimension dim = shape.Dim[i];
            long extent = dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue ? dim.DimValue : 0;
            if (extent > int.MaxValue || extent < -1)
            {
                throw new ModelException($"Input '{name}' has the impossible extent {extent}. The file is damaged: export or download it again.");
            }

            // Exporters write unknown extents as a name, as 0 or as −1.
            if (extent <= 0)
            {
                int? known = i == 0 ? 1 : dims.Length == 4 && i == 2 ? context.Options.DefaultHeight : dims.Length == 4 && i == 3 ? context.Options.DefaultWidth : null;
                string label = dim.DimParam.Length > 0 ? $" ('{dim.DimParam}')" : "";
                extent = known ?? throw new ModelException($"Dimension {i}{label} of input '{name}' is unknown. {advice}");
            }

            dims[i] = (int)extent;
        }

        return Check(name, dims);
    }

    private static int[] Check(string name, int[] dims)
    {
        long count = 1;
        foreach (int d in dims)
        {
            count = d <= 0 ? long.MaxValue : count * d;
            if (count > ImportContext.MaximumElements)
            {
                throw new ModelException($"Input '{name}' of shape [{string.Join(", ", dims)}] is not possible: every extent has to be positive, and the whole at most {ImportContext.MaximumElements} elements.");
            }
        }

        return dims;
    }

    private void Refuse(string name, string kind, string reason, string advice)
    {
        context.Unsupported.Add(new UnsupportedNode(name, kind, "", "", reason, advice));
        context.DefineUnknown(name);
    }
}
