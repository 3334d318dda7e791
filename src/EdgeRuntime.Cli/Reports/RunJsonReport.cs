using System.Text.Json;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Verbs;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Answers as one JSON document (<c>edgert.run</c>, version 1).</summary>
internal sealed class RunJsonReport : IRunReport
{
    private readonly JsonReport _report;
    private readonly InputSpec _spec;

    /// <summary>Opens the document.</summary>
    public RunJsonReport(Terminal terminal, LoadedModel loaded, InputSpec spec)
    {
        _spec = spec;
        _report = new JsonReport(terminal, "edgert.run");
        Json.WriteString("model", loaded.Bundle.Name);
        Json.WriteString("point", loaded.Bundle.Points[loaded.Session.Point].Name);
        Json.WriteNumber("threads", loaded.Session.Threads);
        _report.Number("load_ms", loaded.LoadMilliseconds);
        Json.WriteStartArray("images");
    }

    private Utf8JsonWriter Json => _report.Writer;

    /// <inheritdoc/>
    public void Add(PictureAnswer answer, string? annotated)
    {
        Json.WriteStartObject();
        Json.WriteString("file", answer.File);
        Json.WriteNumber("width", answer.Picture.Width);
        Json.WriteNumber("height", answer.Picture.Height);
        _report.Number("prepare_ms", answer.PrepareMilliseconds);
        _report.Number("inference_ms", answer.InferenceMilliseconds);
        Json.WriteString("output_hash", Format.Hash(answer.Hash));
        if (annotated is not null)
        {
            Json.WriteString("annotated", annotated);
        }

        if (answer.Classes is { } classes)
        {
            Json.WriteStartArray("classes");
            foreach (Classification c in classes)
            {
                Json.WriteStartObject();
                Label(c.Class, c.Score);
                Json.WriteEndObject();
            }

            Json.WriteEndArray();
        }

        if (answer.Detections is { } detections)
        {
            Json.WriteStartArray("detections");
            foreach (Detection d in detections)
            {
                Detection(d, answer.Picture);
            }

            Json.WriteEndArray();
        }

        if (answer.Outputs is { } outputs)
        {
            Outputs(outputs);
        }

        Json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void AddError(string file, InputException error)
    {
        Json.WriteStartObject();
        Json.WriteString("file", file);
        Json.WriteStartObject("error");
        Json.WriteString("what", error.What);
        Json.WriteString("where", error.Where);
        Json.WriteString("how", error.How);
        Json.WriteEndObject();
        Json.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Finish()
    {
        Json.WriteEndArray();
        _report.Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _report.Dispose();

    private void Label(int index, float score)
    {
        Json.WriteString("label", _spec.LabelOf(index));
        Json.WriteNumber("class", index);
        _report.Number("score", score);
    }

    private void Detection(Detection d, Picture picture)
    {
        (int left, int top, int right, int bottom) = RunTextReport.Pixels(d, picture);
        Json.WriteStartObject();
        Label(d.Class, d.Score);
        Json.WriteStartObject("box");
        _report.Number("left", d.Left);
        _report.Number("top", d.Top);
        _report.Number("right", d.Right);
        _report.Number("bottom", d.Bottom);
        Json.WriteEndObject();
        Json.WriteStartObject("box_pixels");
        Json.WriteNumber("left", left);
        Json.WriteNumber("top", top);
        Json.WriteNumber("right", right);
        Json.WriteNumber("bottom", bottom);
        Json.WriteEndObject();
        Json.WriteEndObject();
    }

    private void Outputs(OutputSummary[] outputs)
    {
        Json.WriteStartArray("outputs");
        foreach (OutputSummary output in outputs)
        {
            Json.WriteStartObject();
            Json.WriteString("name", output.Name);
            _report.Integers("shape", output.Shape);
            _report.Number("min", output.Minimum);
            _report.Number("max", output.Maximum);
            _report.Number("mean", output.Mean);
            Json.WriteEndObject();
        }

        Json.WriteEndArray();
    }
}
