using System.Text.Json;

namespace EdgeRuntime.Images;

/// <summary>Writes an <see cref="InputSpec"/> as compact JSON.</summary>
internal static class InputSpecWriter
{
    internal static readonly string[] KnownInput = ["name", "width", "height", "color", "scale", "mean", "std", "resize"];
    internal static readonly string[] KnownRoot = ["input", "task", "labels", "first_class", "output"];

    internal static byte[] Write(InputSpec spec)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            WriteInput(writer, spec);
            writer.WriteString("task", spec.Task == VisionTask.Other && Source(spec, "task") is { ValueKind: JsonValueKind.String } task
                ? task.GetString()
                : spec.Task.ToString().ToLowerInvariant());
            if (spec.LabelsFile is not null)
            {
                writer.WriteString("labels", spec.LabelsFile);
            }
            else if (spec.Labels.Count > 0)
            {
                writer.WriteStartArray("labels");
                foreach (string label in spec.Labels)
                {
                    writer.WriteStringValue(label);
                }

                writer.WriteEndArray();
            }

            writer.WriteNumber("first_class", spec.FirstClass);
            WriteOutput(writer, spec);
            WriteOthers(writer, spec.Source, KnownRoot);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteInput(Utf8JsonWriter writer, InputSpec spec)
    {
        writer.WriteStartObject("input");
        writer.WriteString("name", spec.Name);
        writer.WriteNumber("width", spec.Width);
        writer.WriteNumber("height", spec.Height);
        writer.WriteString("color", spec.Color.ToString().ToLowerInvariant());
        writer.WriteNumber("scale", spec.Scale);
        WriteNumbers(writer, "mean", spec.Mean);
        WriteNumbers(writer, "std", spec.Std);
        writer.WriteString("resize", spec.Resize == ResizeMode.Stretch ? "stretch" : "shorter-side-crop");
        WriteOthers(writer, Source(spec, "input"), KnownInput);
        writer.WriteEndObject();
    }

    // The outputs of a description that was read are not taken apart: what was read is written.
    private static void WriteOutput(Utf8JsonWriter writer, InputSpec spec)
    {
        if (Source(spec, "output") is { } output)
        {
            writer.WritePropertyName("output");
            output.WriteTo(writer);
            return;
        }

        writer.WriteStartObject("output");
        if (spec.Detector is { } detector)
        {
            WriteDetector(writer, detector);
        }
        else
        {
            writer.WriteString("name", spec.OutputName);
            writer.WriteString("kind", spec.OutputIsLogits ? "logits" : "probabilities");
            if (spec.Classes > 0)
            {
                writer.WriteNumber("classes", spec.Classes);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteDetector(Utf8JsonWriter writer, DetectorSpec detector)
    {
        if (detector.Heads.Count == 0)
        {
            WriteNamed(writer, "scores", detector.ScoresOutput);
            WriteNamed(writer, "boxes", detector.BoxesOutput);
        }
        else
        {
            writer.WriteStartArray("heads");
            foreach (YoloHead head in detector.Heads)
            {
                writer.WriteStartObject();
                writer.WriteString("name", head.Name);
                WriteNumbers(writer, "grid", [head.Columns, head.Rows]);
                writer.WriteStartArray("anchors");
                foreach ((float width, float height) in head.Anchors)
                {
                    writer.WriteStartArray();
                    writer.WriteNumberValue(width);
                    writer.WriteNumberValue(height);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteNumber("score_threshold", detector.ScoreThreshold);
        writer.WriteNumber("nms_iou", detector.NmsIou);
    }

    private static void WriteNamed(Utf8JsonWriter writer, string member, string? name)
    {
        writer.WriteStartObject(member);
        writer.WriteString("name", name);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string member, IReadOnlyList<float> values)
    {
        writer.WriteStartArray(member);
        foreach (float value in values)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    private static JsonElement? Source(InputSpec spec, string member) =>
        spec.Source is { } root && root.TryGetProperty(member, out JsonElement value) ? value : null;

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement? source, string[] known)
    {
        if (source is not { ValueKind: JsonValueKind.Object } element)
        {
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!known.AsSpan().Contains(property.Name))
            {
                property.WriteTo(writer);
            }
        }
    }
}
