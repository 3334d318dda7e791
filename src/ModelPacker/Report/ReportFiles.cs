using EdgeRuntime.Images;

namespace ModelPacker.Report;

/// <summary>The report's pictures as files: the Pareto plot as SVG, the masks as PNG.</summary>
public static class ReportFiles
{
    private const int LongestName = 60;

    /// <summary>Writes them into a folder, which is made if it is not there.</summary>
    /// <returns>The files, in the order of points and layers.</returns>
    public static List<string> Write(ReportData data, string folder)
    {
        Directory.CreateDirectory(folder);
        List<string> files = [];
        if (ParetoData.Of(data.Points, data.Search) is { } pareto)
        {
            files.Add(Path.Combine(folder, "pareto.svg"));
            new ParetoPlot(pareto).Save(files[^1]);
        }

        for (int p = 0; p < data.Points.Count; p++)
        {
            foreach (LayerSummary layer in data.Points[p].Perforated)
            {
                files.Add(Path.Combine(folder, $"mask-{p}-{Safe(data.Points[p].Name)}-{layer.Step:d3}-{Safe(layer.Name)}.png"));
                PngWriter.Write(MaskPicture.Draw(layer.Mask!.Kept, layer.Grid.Height, layer.Grid.Width, data.Sample), files[^1]);
            }
        }

        return files;
    }

    // Names come from the model and may hold anything; the numbers of point and step keep files apart.
    private static string Safe(string name)
        => new([.. name.Take(LongestName).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_')]);
}
