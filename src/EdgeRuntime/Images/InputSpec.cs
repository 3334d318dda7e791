using System.Text.Json;

namespace EdgeRuntime.Images;

/// <summary>What a model wants as input and what its outputs mean: the JSON file beside an ONNX model.</summary>
/// <remarks>
/// Preprocessing is x = (pixel · scale − mean) / std per channel, in the model's own channel order. The JSON travels
/// inside the bundle; members not known here are kept (see <see cref="ToJson"/>).
/// </remarks>
public sealed record InputSpec
{
    /// <summary>Largest input side taken.</summary>
    public const int MaxSide = 8192;

    /// <summary>Name of the model's input; empty = its only one.</summary>
    public string Name { get; init; } = "";

    /// <summary>Input columns.</summary>
    public required int Width { get; init; }

    /// <summary>Input rows.</summary>
    public required int Height { get; init; }

    /// <summary>Channel order.</summary>
    public ColorOrder Color { get; init; } = ColorOrder.Rgb;

    /// <summary>Factor on the 0..255 pixel value.</summary>
    public float Scale { get; init; } = 1;

    /// <summary>Subtracted after scaling, per channel.</summary>
    public IReadOnlyList<float> Mean { get; init; } = [0, 0, 0];

    /// <summary>Divisor, per channel.</summary>
    public IReadOnlyList<float> Std { get; init; } = [1, 1, 1];

    /// <summary>How a picture of another size is fitted.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Stretch;

    /// <summary>What the outputs mean.</summary>
    public VisionTask Task { get; init; } = VisionTask.Classification;

    /// <summary>Class names, indexed by class; empty when none are known (or not read yet: see <see cref="LabelsFile"/>).</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>A labels file still to be read by <see cref="ResolveLabels"/>; null when there is none.</summary>
    public string? LabelsFile { get; init; }

    /// <summary>Classes below this one are not real classes (background) and are left out of results.</summary>
    public int FirstClass { get; init; }

    /// <summary>Number of classes including those below <see cref="FirstClass"/>; 0 = not stated.</summary>
    public int Classes { get; init; }

    /// <summary>Classification: the output that holds the scores; empty = the only one.</summary>
    public string OutputName { get; init; } = "";

    /// <summary>Classification: the scores are logits, so a softmax is needed to show them as shares.</summary>
    public bool OutputIsLogits { get; init; }

    /// <summary>Detection: how to read boxes; null for other tasks.</summary>
    public DetectorSpec? Detector { get; init; }

    /// <summary>Channels per pixel: 1 or 3.</summary>
    public int Channels => Color == ColorOrder.Gray ? 1 : 3;

    /// <summary>The parsed document, for the members not known here.</summary>
    internal JsonElement? Source { get; init; }

    /// <summary>Name of a class for people; "class 17" when it has none.</summary>
    public string LabelOf(int classIndex) =>
        (uint)classIndex < (uint)Labels.Count ? Labels[classIndex] : $"class {classIndex}";

    /// <summary>Reads and checks a description.</summary>
    /// <param name="json">UTF-8 JSON; comments and trailing commas are allowed.</param>
    /// <param name="source">Names the text in errors.</param>
    /// <exception cref="InputException">Not JSON, or a member is missing or wrong; the message names it.</exception>
    public static InputSpec Parse(ReadOnlyMemory<byte> json, string source) => InputSpecReader.Read(json, source);

    /// <summary>The description as compact UTF-8 JSON: known members in a fixed order, then all others as they were read.</summary>
    public byte[] ToJson() => InputSpecWriter.Write(this);

    /// <summary>Reads the labels file that the description names, if any, and returns a copy with the list inside.</summary>
    /// <param name="directories">Where to look, in this order: usually the model's folder.</param>
    /// <exception cref="InputException">The file is missing or does not fit the number of classes.</exception>
    public InputSpec ResolveLabels(params ReadOnlySpan<string> directories)
    {
        if (LabelsFile is null)
        {
            return this;
        }

        foreach (string directory in directories)
        {
            string path = Path.Combine(directory, LabelsFile);
            if (File.Exists(path))
            {
                return this with { Labels = LabelLists.ReadFile(path, Classes, FirstClass), LabelsFile = null };
            }
        }

        throw new InputException(
            $"the labels file '{LabelsFile}' was not found in {string.Join(", ", directories.ToArray())}",
            "labels",
            "Put it beside the model, or write the labels as a list");
    }
}
