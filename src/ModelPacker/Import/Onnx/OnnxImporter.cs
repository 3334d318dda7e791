using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Reads an ONNX file into a graph of normalised operators. Everything that is constant is computed on the way.</summary>
public static class OnnxImporter
{
    /// <summary>Imports a model.</summary>
    /// <param name="path">The .onnx file; external data are looked for in its folder.</param>
    /// <param name="options">Input shapes and bound inputs; null: none.</param>
    /// <exception cref="ModelException">The file cannot be read or is not a valid model.</exception>
    /// <exception cref="UnsupportedModelException">The model is valid but has unsupported nodes (all are listed).</exception>
    public static Graph Import(string path, ImportOptions? options = null)
    {
        Graph graph = Import(Read(path), path, Path.GetDirectoryName(Path.GetFullPath(path))!, options);

        // Exporters name all graphs alike ("main_graph", "torch_jit"); people know a network by its file.
        graph.Name = Path.GetFileNameWithoutExtension(path);
        return graph;
    }

    /// <summary>Parses a file.</summary>
    /// <exception cref="ModelException">It cannot be read.</exception>
    internal static ModelProto Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string message = e is InvalidProtocolBufferException
                ? $"'{path}' is not an ONNX file, or is damaged ({e.Message.TrimEnd('.')}). Export or download it again."
                : $"'{path}' cannot be read: {e.Message}";
            throw new ModelException(message, e);
        }
    }

    /// <summary>Imports a model that has been parsed.</summary>
    internal static Graph Import(ModelProto model, string what, string folder, ImportOptions? options = null)
    {
        if (model.Graph is null || model.Graph.Output.Count == 0)
        {
            throw new ModelException($"'{what}' is not an ONNX model: it holds no graph with outputs. Export or download it again.");
        }

        Dictionary<string, int> opsets = Opsets(model, what);
        var context = new ImportContext(new Graph { Name = model.Graph.Name }, options ?? new ImportOptions(), folder, opsets);
        List<NodeProto> nodes = Liveness.Find(model.Graph, context.Used);
        new GraphInputs(context, model.Graph).Define();
        foreach (NodeProto node in nodes)
        {
            NodeImporter.Import(context, node);
        }

        var outputs = new List<Value>();
        foreach (ValueInfoProto output in model.Graph.Output)
        {
            outputs.Add(context.Find(output.Name) ?? throw new ModelException($"The graph output '{output.Name}' is made by no node. The model is not valid: export it again."));
        }

        if (context.Unsupported.Count > 0)
        {
            throw new UnsupportedModelException(what, context.Unsupported);
        }

        GraphOutputs.Define(context, model.Graph, outputs);
        return context.Graph;
    }

    private static Dictionary<string, int> Opsets(ModelProto model, string what)
    {
        var opsets = new Dictionary<string, int>();
        foreach (OperatorSetIdProto id in model.OpsetImport)
        {
            string domain = OnnxOperators.NormaliseDomain(id.Domain);
            opsets[domain] = (int)Math.Clamp(id.Version, 0, int.MaxValue);
        }

        if (!opsets.TryGetValue("", out int opset))
        {
            opset = opsets[""] = 1;
        }

        if (opset < OnnxOperators.OldestOpset || opset > OnnxOperators.NewestOpset)
        {
            throw new ModelException(
                $"'{what}' uses ONNX opset {opset}; opsets {OnnxOperators.OldestOpset} to {OnnxOperators.NewestOpset} are understood. Export it again with opset 13 to 21, or convert it with onnx.version_converter.");
        }

        return opsets;
    }
}
