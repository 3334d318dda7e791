using EdgeRuntime.Detections;
using EdgeRuntime.Images;
using Xunit;

namespace EdgeRuntime.Tests.Images;

public class DetectionTests
{
    private static readonly InputSpec Faces = new()
    {
        Width = 320,
        Height = 240,
        Task = VisionTask.Detection,
        Labels = ["background", "face"],
        FirstClass = 1,
        Detector = new DetectorSpec { BoxesOutput = "boxes", ScoresOutput = "scores", ScoreThreshold = 0.7f, NmsIou = 0.3f },
    };

    private static readonly InputSpec Yolo = new()
    {
        Width = 64,
        Height = 32,
        Task = VisionTask.Detection,
        Labels = ["cat", "dog"],
        Detector = new DetectorSpec { Heads = [new YoloHead("head", 2, 1, [(16, 8), (32, 16)])], ScoreThreshold = 0.4f, NmsIou = 0.5f },
    };

    [Fact]
    public void Decoded_boxes_are_filtered_clipped_and_sorted()
    {
        float[] boxes = [0.1f, 0.1f, 0.5f, 0.5f, 0.12f, 0.1f, 0.5f, 0.5f, 0.6f, 0.6f, 1.2f, 0.9f, 0, 0, 1, 1, float.NaN, 0, 1, 1];
        float[] scores = [0.2f, 0.8f, 0.1f, 0.9f, 0.25f, 0.75f, 0.31f, 0.69f, 0, 1];
        List<Detection> found = Decode(Faces, ("boxes", boxes), ("scores", scores));
        Assert.Equal(
            [new Detection(0.12f, 0.1f, 0.5f, 0.5f, 1, 0.9f), new Detection(0.6f, 0.6f, 1, 0.9f, 1, 0.75f)],
            found);
    }

    [Fact]
    public void Yolo_heads_are_decoded()
    {
        // 2 anchors x (5 + 2) channels over 1x2 cells; all but one cell are far below the threshold.
        float[] head = Enumerable.Repeat(-20f, 14 * 2).ToArray();
        int anchor = 1, column = 1;
        void Set(int channel, float value) => head[(((anchor * 7) + channel) * 2) + column] = value;
        Set(0, 0);
        Set(1, 0);
        Set(2, MathF.Log(0.5f));
        Set(3, 0);
        Set(4, 20);
        Set(5, 0);
        Set(6, MathF.Log(3));
        Detection found = Assert.Single(Decode(Yolo, ("head", head)));

        // Centre (1.5 / 2, 0.5 / 1), size (32 · 0.5 / 64, 16 / 32).
        Assert.Equal(1, found.Class);
        Assert.Equal(0.75f, found.Score, 5);
        Assert.Equal(0.75f - 0.125f, found.Left, 5);
        Assert.Equal(0.75f + 0.125f, found.Right, 5);
        Assert.Equal(0.25f, found.Top, 5);
        Assert.Equal(0.75f, found.Bottom, 5);
    }

    [Fact]
    public void Yolo_takes_no_harm_from_wild_numbers()
    {
        float[] wild = Enumerable.Range(0, 28).Select(i => (i % 5) switch { 0 => float.NaN, 1 => float.PositiveInfinity, 2 => float.NegativeInfinity, _ => 1e30f }).ToArray();
        foreach (Detection found in Decode(Yolo, ("head", wild)))
        {
            Assert.InRange(found.Right - found.Left, 0, 1);
        }
    }

    [Fact]
    public void Outputs_of_wrong_size_or_name_are_told()
    {
        Assert.Contains("head", Assert.Throws<InputException>(() => Decode(Yolo, ("other", [1]))).Message, StringComparison.Ordinal);
        Assert.Throws<InputException>(() => Decode(Yolo, ("head", new float[27])));
        Assert.Throws<InputException>(() => Decode(Yolo, ("head", new float[1])));
        Assert.Throws<InputException>(() => Decode(Faces, ("boxes", new float[8]), ("scores", new float[5])));
        Assert.Throws<InputException>(() => Decode(Faces, ("boxes", new float[7]), ("scores", new float[4])));
        Assert.Throws<InputException>(() => DetectionDecoder.Create(new InputSpec { Width = 1, Height = 1 }));
    }

    [Fact]
    public void Suppression_is_per_class()
    {
        List<Detection> boxes =
        [
            new(0, 0, 1, 1, 0, 0.5f), new(0, 0, 1, 0.9f, 0, 0.6f), new(0, 0, 1, 1, 1, 0.4f), new(0, 0.9f, 1, 1, 0, 0.3f),
        ];
        NonMaximumSuppression.Apply(boxes, 0.5f);
        Assert.Equal([0.6f, 0.4f, 0.3f], boxes.Select(box => box.Score));
    }

    [Fact]
    public void Overlap_is_intersection_over_union() =>
        Assert.Equal(1f / 7, Detection.Overlap(new(0, 0, 0.2f, 0.2f, 0, 1), new(0.1f, 0.1f, 0.3f, 0.3f, 0, 1)), 5);

    [Fact]
    public void Ties_go_to_the_lower_class_and_background_is_left_out()
    {
        Classification[] best = new Classification[3];
        Assert.Equal(3, Classification.Top([9, 1, 5, 5, float.NaN, 5, 7], 1, best));
        Assert.Equal([(6, 7f), (2, 5f), (3, 5f)], best.Select(c => (c.Class, c.Score)));
        Assert.Equal(1, Classification.Top([9, 1], 1, best));
        Assert.Equal(0, Classification.Top([9, 1], 1, []));
    }

    [Fact]
    public void Logits_become_shares()
    {
        InputSpec spec = new() { Width = 1, Height = 1, OutputIsLogits = true };
        Classification[] best = Classification.Top([1000, 1000 + MathF.Log(3)], spec, 5);
        Assert.Equal([1, 0], best.Select(c => c.Class));
        Assert.Equal(0.75f, best[0].Score, 3);
    }

    private static List<Detection> Decode(InputSpec spec, params (string Name, float[] Values)[] outputs)
    {
        List<Detection> found = [];
        DetectionDecoder.Create(spec).Decode(name => outputs.FirstOrDefault(o => o.Name == name).Values, found);
        return found;
    }
}
