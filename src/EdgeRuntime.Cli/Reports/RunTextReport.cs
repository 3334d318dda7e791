using System.Globalization;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Verbs;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Answers as text, as they come.</summary>
internal sealed class RunTextReport(Terminal terminal, InputSpec spec) : IRunReport
{
    /// <inheritdoc/>
    public void Add(PictureAnswer answer, string? annotated)
    {
        terminal.WriteLine($"{terminal.Strong(answer.File)}  {Format.Milliseconds(answer.InferenceMilliseconds)} ms{(annotated is null ? "" : $"  -> {annotated}")}");
        if (answer.Classes is { } classes)
        {
            for (int i = 0; i < classes.Length; i++)
            {
                string score = spec.OutputIsLogits || classes[i].Score is >= 0 and <= 1 ? Format.Percent(classes[i].Score) : Format.Figure(classes[i].Score);
                terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {i + 1,2}  {score,8}  {spec.LabelOf(classes[i].Class)}"));
            }
        }

        if (answer.Detections is { } detections)
        {
            foreach (Detection d in detections)
            {
                (int left, int top, int right, int bottom) = Pixels(d, answer.Picture);
                terminal.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"  {Format.Percent(d.Score),8}  {spec.LabelOf(d.Class),-16}  x {left}..{right}  y {top}..{bottom}"));
            }

            terminal.Write(detections.Length == 0 ? "  nothing found\n" : "");
        }

        foreach (OutputSummary output in answer.Outputs ?? [])
        {
            terminal.WriteLine($"  {output.Name} {Format.Shape(output.Shape)}: {Format.Figure(output.Minimum)} to {Format.Figure(output.Maximum)}, mean {Format.Figure(output.Mean)}");
        }
    }

    /// <inheritdoc/>
    public void AddError(string file, InputException error) => terminal.Error(error.Message);

    /// <inheritdoc/>
    public void Finish()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>The pixels that a box covers, rounded.</summary>
    internal static (int Left, int Top, int Right, int Bottom) Pixels(Detection d, Picture picture)
        => ((int)MathF.Round(d.Left * picture.Width), (int)MathF.Round(d.Top * picture.Height),
            (int)MathF.Round(d.Right * picture.Width), (int)MathF.Round(d.Bottom * picture.Height));
}
