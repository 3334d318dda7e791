using System.Text.Json;

namespace EdgeRuntime.Images;

/// <summary>Reads and checks the JSON of an <see cref="InputSpec"/>.</summary>
internal static class InputSpecReader
{
    internal static InputSpec Read(ReadOnlyMemory<byte> json, string source)
    {
        JsonElement root;
        try
        {
            JsonDocumentOptions options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };
            ReadOnlySpan<byte> bom = [0xEF, 0xBB, 0xBF];
            using JsonDocument document = JsonDocument.Parse(json.Span.StartsWith(bom) ? json[3..] : json, options);
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new InputException(
                $"this is not JSON (line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1})",
                source,
                "Mend the text there, or leave the file out and describe the input with options",
                e);
        }

        return Read(new JsonMember(root, source, ""));
    }

    private static InputSpec Read(JsonMember root)
    {
        JsonMember input = root.Required("input").AsObject();
        ColorOrder color = input.Optional("color")?.AsWord("rgb", "bgr", "gray") switch
        {
            "bgr" => ColorOrder.Bgr,
            "gray" => ColorOrder.Gray,
            _ => ColorOrder.Rgb,
        };
        int channels = color == ColorOrder.Gray ? 1 : 3;
        VisionTask task = root.Optional("task")?.AsText() switch
        {
            "classification" or null => VisionTask.Classification,
            "detection" => VisionTask.Detection,
            _ => VisionTask.Other,
        };
        JsonMember? output = root.Optional("output")?.AsObject();
        InputSpec spec = new()
        {
            Name = input.Optional("name")?.AsText() ?? "",
            Width = input.Required("width").AsInteger(1, InputSpec.MaxSide),
            Height = input.Required("height").AsInteger(1, InputSpec.MaxSide),
            Color = color,
            Scale = input.Optional("scale")?.AsNumber() ?? 1,
            Mean = PerChannel(input.Optional("mean"), channels, 0),
            Std = Divisors(input.Optional("std"), channels),
            Resize = input.Optional("resize")?.AsWord("stretch", "shorter-side-crop") == "shorter-side-crop" ? ResizeMode.ShorterSideCrop : ResizeMode.Stretch,
            Task = task,
            FirstClass = root.Optional("first_class")?.AsInteger(0, 1_000_000) ?? 0,
            Source = root.Element,
        };
        if (spec.Scale == 0)
        {
            throw input.Required("scale").Error("a scale of 0 makes every picture black", "Use 1, or 0.00392156862745098 for pixels in 0..1");
        }

        if (task == VisionTask.Detection)
        {
            JsonMember block = output ?? root.Required("output");
            spec = spec with { Detector = DetectorSpecReader.Read(block, spec) };
        }
        else if (task == VisionTask.Classification && output is { } scores)
        {
            spec = spec with
            {
                OutputName = scores.Optional("name")?.AsText() ?? "",
                OutputIsLogits = scores.Optional("kind")?.AsText() == "logits",
                Classes = scores.Optional("classes")?.AsInteger(1, 1_000_000) ?? 0,
            };
        }

        return Labels(root.Optional("labels"), spec);
    }

    private static InputSpec Labels(JsonMember? member, InputSpec spec)
    {
        if (member is not { } labels)
        {
            return spec;
        }

        if (labels.Element.ValueKind == JsonValueKind.Array)
        {
            string[] list = [.. labels.Items().Select(item => item.AsText())];
            return spec with { Labels = LabelLists.Fit(list, spec.Classes, spec.FirstClass, labels.Where) };
        }

        string word = labels.AsText();
        IReadOnlyList<string>? known = LabelLists.ByName(word);
        return known is null
            ? spec with { LabelsFile = word }
            : spec with { Labels = LabelLists.Fit(known, spec.Classes, spec.FirstClass, labels.Where) };
    }

    private static float[] PerChannel(JsonMember? member, int channels, float fallback)
    {
        float[] values = new float[channels];
        if (member is not { } given)
        {
            Array.Fill(values, fallback);
            return values;
        }

        JsonMember[] items = given.Items();
        if (items.Length != channels)
        {
            throw given.Error($"this has {items.Length} numbers, the color order has {channels} channels", $"Give {channels}, in the model's channel order");
        }

        for (int i = 0; i < channels; i++)
        {
            values[i] = items[i].AsNumber();
        }

        return values;
    }

    private static float[] Divisors(JsonMember? member, int channels)
    {
        float[] values = PerChannel(member, channels, 1);
        return values.Contains(0) ? throw member!.Value.Error("a std of 0 divides by zero", "Use 1 where nothing is divided") : values;
    }
}
