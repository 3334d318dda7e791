using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Cli;

[Collection(nameof(Sessions.KernelVariables))]
public sealed class RunVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-test-").FullName;

    [Fact]
    public void ClassesAreSharesInFallingOrder()
    {
        (int code, string data, _) = ApplicationTests.Run("run", Classifier(), Picture("a", 20, 10), "--top", "3", "--json");
        Assert.Equal(0, code);
        JsonElement image = JsonDocument.Parse(data).RootElement.GetProperty("images")[0];
        Assert.Equal(20, image.GetProperty("width").GetInt32());
        JsonElement[] classes = [.. image.GetProperty("classes").EnumerateArray()];
        Assert.Equal(3, classes.Length);
        double[] scores = [.. classes.Select(c => c.GetProperty("score").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.InRange(scores.Sum(), 0.1, 1.000001);
        Assert.Equal($"kind {classes[0].GetProperty("class").GetInt32()}", classes[0].GetProperty("label").GetString());
        Assert.True(image.GetProperty("inference_ms").GetDouble() >= 0);
    }

    [Fact]
    public void BoxesAreReportedInPixelsAndFractions()
    {
        string annotated = Path.Combine(_folder, "boxes.png");
        (int code, string data, _) = ApplicationTests.Run("run", Detector(), Picture("a", 200, 100), "--json", "--annotate", annotated);
        Assert.Equal(0, code);
        JsonElement found = JsonDocument.Parse(data).RootElement.GetProperty("images")[0].GetProperty("detections")[0];
        Assert.Equal("cat", found.GetProperty("label").GetString());
        Assert.Equal(0.25, found.GetProperty("box").GetProperty("left").GetDouble(), 5);
        Assert.Equal(50, found.GetProperty("box_pixels").GetProperty("left").GetInt32());
        Assert.Equal(75, found.GetProperty("box_pixels").GetProperty("bottom").GetInt32());
        Assert.Equal(0, PictureReader.Read(annotated).Width % 200);
    }

    [Fact]
    public void ABrokenPictureIsReportedInItsPlace()
    {
        string broken = Path.Combine(_folder, "b.png");
        File.WriteAllText(broken, "no picture");
        (int code, string data, _) = ApplicationTests.Run("run", Classifier(), Picture("a", 8, 8), broken, Picture("c", 8, 8), "--json");
        Assert.Equal(2, code);
        JsonElement[] images = [.. JsonDocument.Parse(data).RootElement.GetProperty("images").EnumerateArray()];
        Assert.Equal(3, images.Length);
        Assert.Equal(broken, images[1].GetProperty("error").GetProperty("where").GetString());
        Assert.True(images[2].TryGetProperty("classes", out _));

        (code, data, string messages) = ApplicationTests.Run("run", Classifier(), broken, Picture("a", 8, 8));
        Assert.Equal(2, code);
        Assert.Contains("b.png", messages, StringComparison.Ordinal);
        Assert.Contains("kind", data, StringComparison.Ordinal);
    }

    [Fact]
    public void FoldersAndPatternsAreExpanded()
    {
        string pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        File.Move(Picture("x", 8, 8), Path.Combine(pictures, "x.png"));
        File.Move(Picture("y", 8, 8), Path.Combine(pictures, "y.png"));
        File.WriteAllText(Path.Combine(pictures, "notes.txt"), "");
        Assert.Equal(0, ApplicationTests.Run("run", Classifier(), pictures, "--annotate", Path.Combine(_folder, "out")).Code);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "out"), "*.png").Length);
        Assert.Equal(0, ApplicationTests.Run("run", Classifier(), pictures, "--annotate", Path.Combine(_folder, "seen-{name}.png")).Code);
        Assert.True(File.Exists(Path.Combine(_folder, "seen-x.png")));

        string empty = Directory.CreateDirectory(Path.Combine(_folder, "empty")).FullName;
        Assert.Equal(2, ApplicationTests.Run("run", Classifier(), empty).Code);
    }

    [Fact]
    public void AnnotatedPicturesReplaceNothingThatIsRead()
    {
        string bundle = Classifier();
        string[] pictures = [Picture("x", 8, 8), Path.Combine(_folder, "x.bmp"), Picture("x-2", 8, 9)];
        File.Copy(pictures[0], pictures[1]);
        byte[][] before = [.. pictures.Append(bundle).Select(File.ReadAllBytes)];
        (int code, _, string messages) = ApplicationTests.Run("run", bundle, pictures[0], "--annotate", pictures[0]);
        Assert.Equal(2, code);
        Assert.Contains("'--annotate", messages, StringComparison.Ordinal);
        Assert.Equal(2, ApplicationTests.Run("run", bundle, pictures[0], "--annotate", bundle).Code);
        Assert.Contains("{name}", ApplicationTests.Run(["run", bundle, .. pictures, "--annotate", Path.Combine(_folder, "a{name}/../y.png")]).Messages, StringComparison.Ordinal);

        // Beside what they show: names that are taken are stepped over.
        Assert.Equal(0, ApplicationTests.Run(["run", bundle, .. pictures, "--annotate", _folder]).Code);
        Assert.Equal(before, pictures.Append(bundle).Select(File.ReadAllBytes));
        Assert.Equal(5, Directory.GetFiles(_folder, "x*.png").Length);
    }

    [Fact]
    public void ABundleWithoutSpecificationIsRefused()
    {
        string path = Save(RandomNetwork.Create(1, steps: 4));
        (int code, _, string messages) = ApplicationTests.Run("run", path, Picture("a", 8, 8));
        Assert.Equal(3, code);
        Assert.Contains("input specification", messages, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Picture(string name, int width, int height)
    {
        Picture picture = new(width, height);
        new Random(1).NextBytes(picture.Rgb);
        string path = Path.Combine(_folder, name + ".png");
        PngWriter.Write(picture, path);
        return path;
    }

    private string Classifier() => Save(TinyClassifier.Create());

    // Says "a cat in the middle" of whatever it sees.
    private string Detector()
    {
        NetworkBuilder net = new(1)
        {
            InputSpec = """
                {"input":{"width":4,"height":4},"task":"detection","labels":["dog","cat"],"output":{"boxes":{"name":"output0"},"scores":{"name":"output1"},"score_threshold":0.5}}
                """,
        };
        net.Input(ElementType.F32, 4, 4, 3);
        net.Output(net.Add(new ConstantStep("boxes", [], net.AddMap(ElementType.F32, 1, 1, 4), net.Blob(new[] { 0.25f, 0.25f, 0.75f, 0.75f }))));
        net.Output(net.Add(new ConstantStep("scores", [], net.AddMap(ElementType.F32, 1, 1, 2), net.Blob(new[] { 0.1f, 0.9f }))));
        return Save(net.Build());
    }

    private string Save(Bundle bundle)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid():n}.edge");
        BundleWriter.Save(bundle, path);
        return path;
    }
}
