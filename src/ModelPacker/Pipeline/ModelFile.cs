using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Simplify;

namespace ModelPacker.Pipeline;

/// <summary>A network on disk, ONNX or bundle, and the input specification that belongs to it.</summary>
public static class ModelFile
{
    /// <summary>Whether a path names an ONNX model (else it is taken for a bundle).</summary>
    public static bool IsOnnx(string path) => path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fails where there is no such file.</summary>
    /// <exception cref="EdgeRuntimeException">There is none (exit code 2).</exception>
    public static void Require(string path)
    {
        if (!File.Exists(path))
        {
            throw new EdgeRuntimeException($"There is no file '{path}'. Check the path.", 2);
        }
    }

    /// <summary>The sidecar named, or found beside the model as MODEL.json, labels read in; null if there is none.</summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="given">The path that the user gave, or null.</param>
    /// <exception cref="EdgeRuntimeException">The file that the user named is missing or unreadable.</exception>
    public static InputSpec? FindSpec(string model, string? given)
    {
        string path = given ?? Path.ChangeExtension(model, ".json");
        if (!File.Exists(path))
        {
            return given is null ? null : throw new EdgeRuntimeException($"There is no input specification '{path}'. Check the path of '--input-spec'.", 2);
        }

        try
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return InputSpec.Parse(File.ReadAllBytes(path), path).ResolveLabels(folder, Path.Combine(folder, "..", "images"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot read the input specification '{path}': {e.Message}", 2, e);
        }
    }

    /// <summary>The specification that a bundle holds, or the one that the user names instead; null if there is neither.</summary>
    public static InputSpec? SpecOf(Bundle bundle, string path, string? given)
        => given is not null ? FindSpec(path, given)
            : bundle.InputSpec.Length > 0 ? InputSpec.Parse(bundle.InputSpec, $"the input specification in '{path}'") : null;

    /// <summary>What the importer learns from the specification: the picture size, where the model leaves it open.</summary>
    public static ImportOptions ImportOptionsFor(InputSpec? spec)
        => spec is null ? new ImportOptions() : new ImportOptions { DefaultHeight = spec.Height, DefaultWidth = spec.Width };

    /// <summary>Imports and simplifies an ONNX file.</summary>
    /// <exception cref="ModelException">It is broken, or has unsupported nodes.</exception>
    public static Graph ReadGraph(string path, string? givenSpec)
    {
        Require(path);
        Graph graph = OnnxImporter.Import(path, ImportOptionsFor(FindSpec(path, givenSpec)));
        Passes.Run(graph);
        return graph;
    }
}
