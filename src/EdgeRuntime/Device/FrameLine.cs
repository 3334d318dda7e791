using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Cameras;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;

namespace EdgeRuntime.Device;

/// <summary>Writes the line of a frame.</summary>
internal static class FrameLine
{
    private const double Millisecond = 1e6;

    /// <summary>Writes the members of one answer.</summary>
    public static void Write(Utf8JsonWriter line, in FrameObservation frame, Frame taken, Network network)
    {
        Bundle bundle = network.Bundle;
        line.WriteString("type"u8, "frame"u8);
        line.WriteNumber("frame"u8, frame.Frame);
        line.WriteString("time"u8, DateTime.UtcNow);
        if (taken.Source is not null)
        {
            line.WriteString("file"u8, taken.Source);
        }

        line.WriteString("point"u8, bundle.Points[frame.Point].Name);
        if (frame.Inferences > 1)
        {
            line.WriteNumber("inferences"u8, frame.Inferences);
        }

        line.WriteNumber("latency_ms"u8, frame.Latency / Millisecond);
        line.WriteNumber("wait_ms"u8, (frame.NoticedAt - frame.TriggeredAt) / Millisecond);
        line.WriteNumber("capture_ms"u8, (frame.StartedAt - frame.NoticedAt) / Millisecond);
        line.WriteNumber("prepare_ms"u8, (frame.PreparedAt - frame.StartedAt) / Millisecond);
        line.WriteNumber("inference_ms"u8, (frame.InferredAt - frame.PreparedAt) / Millisecond);
        line.WriteNumber("overhead_ms"u8, frame.Overhead / Millisecond);
        line.WriteNumber("drops"u8, frame.Drops);
        line.WriteNumber("missed"u8, frame.Missed);
        if (float.IsFinite(frame.Margin))
        {
            line.WriteNumber("margin"u8, frame.Margin);
        }

        if (network.Spec.Task == VisionTask.Classification)
        {
            WriteClasses(line, network);
        }
        else if (network.Spec.Task == VisionTask.Detection)
        {
            WriteDetections(line, network);
        }
        else
        {
            WriteOutputs(line, network);
        }
    }

    private static void WriteClasses(Utf8JsonWriter line, Network network)
    {
        line.WriteStartArray("classes"u8);
        foreach (Classification c in network.Answer.Classes)
        {
            line.WriteStartObject();
            WriteLabel(line, network, c.Class, c.Score);
            line.WriteEndObject();
        }

        line.WriteEndArray();
    }

    private static void WriteDetections(Utf8JsonWriter line, Network network)
    {
        line.WriteStartArray("detections"u8);
        foreach (Detection d in network.Answer.Detections)
        {
            line.WriteStartObject();
            WriteLabel(line, network, d.Class, d.Score);
            line.WriteStartObject("box"u8);
            line.WriteNumber("left"u8, d.Left);
            line.WriteNumber("top"u8, d.Top);
            line.WriteNumber("right"u8, d.Right);
            line.WriteNumber("bottom"u8, d.Bottom);
            line.WriteEndObject();
            line.WriteEndObject();
        }

        line.WriteEndArray();
    }

    private static void WriteOutputs(Utf8JsonWriter line, Network network)
    {
        line.WriteStartArray("outputs"u8);
        for (int i = 0; i < network.Bundle.Outputs.Length; i++)
        {
            ReadOnlySpan<float> values = network.Answer.Values(i);
            float least = float.PositiveInfinity, most = float.NegativeInfinity;
            foreach (float value in values)
            {
                least = value < least ? value : least;
                most = value > most ? value : most;
            }

            line.WriteStartObject();
            line.WriteString("name"u8, network.Bundle.Outputs[i].Name);
            WriteNumber(line, "min"u8, least);
            WriteNumber(line, "max"u8, most);
            line.WriteEndObject();
        }

        line.WriteEndArray();
    }

    private static void WriteLabel(Utf8JsonWriter line, Network network, int index, float score)
    {
        line.WriteString("label"u8, network.Labels[index]);
        line.WriteNumber("class"u8, index);
        WriteNumber(line, "score"u8, score);
    }

    // JSON has no NaN and no infinity.
    private static void WriteNumber(Utf8JsonWriter line, ReadOnlySpan<byte> name, float value)
    {
        if (float.IsFinite(value))
        {
            line.WriteNumber(name, value);
        }
        else
        {
            line.WriteNull(name);
        }
    }
}
