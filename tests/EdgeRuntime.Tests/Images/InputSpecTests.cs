using System.Text;
using System.Text.Json;
using EdgeRuntime.Images;
using Xunit;

namespace EdgeRuntime.Tests.Images;

public class InputSpecTests
{
    private const string Classifier = """
        {
          "input": { "name": "data", "width": 224, "height": 112, "color": "bgr", "scale": 0.5, "mean": [1, 2, 3], "std": [4, 5, 6],
                     "resize": "shorter-side-crop", "note": "kept" },
          "task": "classification", "labels": "cifar10", "first_class": 1,
          "output": { "name": "logits", "kind": "logits", "classes": 11 },
          "verified": { "top1": 80.24, "comment": "ü" }
        }
        """;

    [Fact]
    public void All_members_of_a_classifier_are_read()
    {
        InputSpec spec = Parse(Classifier);
        Assert.Equal(("data", 224, 112, ColorOrder.Bgr, 0.5f), (spec.Name, spec.Width, spec.Height, spec.Color, spec.Scale));
        Assert.Equal([1, 2, 3], spec.Mean);
        Assert.Equal([4, 5, 6], spec.Std);
        Assert.Equal((ResizeMode.ShorterSideCrop, VisionTask.Classification, 1, 11), (spec.Resize, spec.Task, spec.FirstClass, spec.Classes));
        Assert.Equal(("logits", true), (spec.OutputName, spec.OutputIsLogits));

        // Ten names for eleven classes of which the first is no real one.
        Assert.Equal(["background", "airplane", "automobile"], spec.Labels.Take(3));
        Assert.Equal("truck", spec.LabelOf(10));
        Assert.Equal("class 11", spec.LabelOf(11));
    }

    [Fact]
    public void Written_json_reads_the_same_and_keeps_unknown_members()
    {
        byte[] json = Parse(Classifier).ToJson();
        InputSpec again = InputSpec.Parse(json, "again");
        Assert.Equal(json, again.ToJson());
        Assert.Equal("truck", again.LabelOf(10));
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("kept", document.RootElement.GetProperty("input").GetProperty("note").GetString());
        Assert.Equal(80.24, document.RootElement.GetProperty("verified").GetProperty("top1").GetDouble());
    }

    [Fact]
    public void A_detector_made_in_code_survives_json()
    {
        InputSpec spec = new()
        {
            Width = 320,
            Height = 240,
            Task = VisionTask.Detection,
            Labels = ["cat", "dog"],
            Detector = new DetectorSpec { Heads = [new YoloHead("head", 10, 8, [(12, 18), (37, 49.5f)])], ScoreThreshold = 0.5f, NmsIou = 0.25f },
        };
        DetectorSpec read = InputSpec.Parse(spec.ToJson(), "code").Detector!;
        Assert.Equal((0.5f, 0.25f), (read.ScoreThreshold, read.NmsIou));
        YoloHead head = Assert.Single(read.Heads);
        Assert.Equal(("head", 10, 8), (head.Name, head.Columns, head.Rows));
        Assert.Equal([(12f, 18f), (37f, 49.5f)], head.Anchors);
    }

    [Fact]
    public void Both_kinds_of_detectors_are_read()
    {
        InputSpec boxes = Parse("""
            { "input": { "width": 320, "height": 240 }, "task": "detection", "labels": ["background", "face"], "first_class": 1,
              "output": { "scores": { "name": "s" }, "boxes": { "name": "b" }, "decoded_in_model": true, "score_threshold": 0.7, "nms_iou": 0.3 } }
            """);
        Assert.Equal(("b", "s", 0.7f, 0.3f), (boxes.Detector!.BoxesOutput, boxes.Detector.ScoresOutput, boxes.Detector.ScoreThreshold, boxes.Detector.NmsIou));

        InputSpec heads = Parse("""
            { "input": { "width": 320, "height": 240 }, "task": "detection", "labels": "coco-80 (darknet order)",
              "output": { "heads": [ { "name": "a", "grid": 10, "anchors": [[1, 2]] }, { "name": "b", "stride": 16, "anchors": [[3, 4]] } ] } }
            """);
        Assert.Equal(80, heads.Labels.Count);
        Assert.Equal("toothbrush", heads.LabelOf(79));
        Assert.Equal([(10, 10), (20, 15)], heads.Detector!.Heads.Select(head => (head.Columns, head.Rows)));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{}", "'input'")]
    [InlineData("""{ "input": { "height": 1 } }""", "'width'")]
    [InlineData("""{ "input": { "width": 0, "height": 1 } }""", "'input.width'")]
    [InlineData("""{ "input": { "width": 1e9, "height": 1 } }""", "'input.width'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "color": "cmyk" } }""", "'input.color'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "mean": [1] } }""", "'input.mean'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "mean": [1, "2", 3] } }""", "'input.mean[1]'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "std": [1, 0, 1] } }""", "'input.std'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "scale": 0 } }""", "'input.scale'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "scale": 1e99 } }""", "'input.scale'")]
    [InlineData("""{ "input": { "width": 1, "height": 1, "resize": "fill" } }""", "shorter-side-crop")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "labels": 5 }""", "'labels'")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "labels": "\ud800" }""", "'labels'")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "labels": ["a"], "output": { "classes": 3 } }""", "1 labels for 3 classes")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "task": "detection" }""", "'output'")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "task": "detection", "output": {} }""", "'output'")]
    [InlineData("""{ "input": { "width": 1, "height": 1 }, "task": "detection", "output": { "heads": [{}] } }""", "'output.heads[0]'")]
    public void Mistakes_are_named(string json, string part) =>
        Assert.Contains(part, Assert.Throws<InputException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_labels_file_is_taken_in()
    {
        string folder = Directory.CreateTempSubdirectory("labels").FullName;
        try
        {
            InputSpec spec = Parse("""{ "input": { "width": 1, "height": 1 }, "labels": "names.txt", "output": { "classes": 2 } }""");
            Assert.Equal("names.txt", spec.LabelsFile);
            Assert.Throws<InputException>(() => spec.ResolveLabels(folder));

            File.WriteAllText(Path.Combine(folder, "names.txt"), "n01440764 tench, Tinca tinca\nnut\n");
            InputSpec resolved = spec.ResolveLabels("/nowhere", folder);
            Assert.Equal(["tench, Tinca tinca", "nut"], resolved.Labels);
            Assert.Equal(["tench, Tinca tinca", "nut"], InputSpec.Parse(resolved.ToJson(), "json").Labels);

            File.AppendAllText(Path.Combine(folder, "names.txt"), "one too many\n");
            Assert.Throws<InputException>(() => spec.ResolveLabels(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static InputSpec Parse(string json) => InputSpec.Parse(Encoding.UTF8.GetBytes(json), "test.json");
}
