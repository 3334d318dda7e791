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

        using Bundle bundle = BundleReader.Open(path);
        PerforationSection section = PerforationSection.Read(path, bundle)
            ?? throw new EdgeRuntimeException($"'{path}' does not say how its maps are laid out, so it has no masks to show. Make it with 'modelpacker tune'.", ExitCodes.Model);
        JsonReport.Write(output, "masks", new JsonObject
        {
            ["model"] = path,
            ["name"] = bundle.Name,
            ["points"] = JsonReport.Objects(bundle.Points.Select((p, i) => new JsonObject
            {
                ["name"] = p.Name,
                ["layers"] = JsonReport.Objects(section.Supports(path, bundle, i).Zip(section.Masks[i], (support, step) => Layer(bundle, section, support.Value, step))),
            })),
        });
    }

    private static JsonObject Layer(Bundle bundle, PerforationSection section, Support support, PerforatedStep step)
    {
        (int height, int width) = section.Grids[bundle.Steps[step.Step].Output];
        return new JsonObject
        {
            ["layer"] = bundle.Steps[step.Step].Name,
            ["height"] = height,
            ["width"] = width,
            ["rate"] = support.Rate,
            ["kind"] = step.Kind,
            ["kept"] = JsonReport.Integers(support.Kept),
            ["stands_for"] = JsonReport.Integers(support.Nearest.Select(row => support.Kept[row])),
        };
    }
}
