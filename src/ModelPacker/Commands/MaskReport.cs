using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary>The masks of a bundle as JSON (docs/perforation.md), for programs that train elsewhere.</summary>
internal static class MaskReport
{
    /// <summary>Writes the document.</summary>
    /// <param name="path">The bundle.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="EdgeRuntimeException">An ONNX file, or a bundle without masks, or one that does not say which site stands for which.</exception>
    public static void Write(string path, TextWriter output)
    {
        if (ModelFile.IsOnnx(path))
        {
            throw new EdgeRuntimeException($"'{path}' is an ONNX file and has no masks; '--masks' is for bundles that 'modelpacker tune' made.", ExitCodes.Usage);
        }

        PointMasks[] points = PointMasks.OfBundle(path);
        using Bundle bundle = BundleReader.Open(path);
        JsonReport.Write(output, "masks", new JsonObject
        {
            ["model"] = path,
            ["name"] = bundle.Name,
            ["points"] = JsonReport.Objects(points.Select(p => new JsonObject
            {
                ["name"] = p.Name,
                ["input"] = JsonReport.Size(p.Input),
                ["layers"] = JsonReport.Objects(p.Layers.Select(ToJson)),
            })),
        });
    }

    private static JsonObject ToJson(LayerMask mask) => new()
    {
        ["layer"] = mask.Layer,
        ["height"] = mask.Height,
        ["width"] = mask.Width,
        ["rate"] = mask.Support.Rate,
        ["kind"] = mask.Kind,
        ["kept"] = JsonReport.Integers(mask.Support.Kept),
        ["stands_for"] = JsonReport.Integers(mask.Support.Nearest.Select(row => mask.Support.Kept[row])),
    };
}
