using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using Google.Protobuf;
using MessagePack;
using ModelPacker.Commands;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Tune;

/// <summary><c>modelpacker tune</c> from end to end on a small network.</summary>
public sealed class TuneCommandTests : IDisposable
{
    private const string Sidecar = """
        { "input": { "name": "x", "width": 16, "height": 16, "scale": 0.00392156862745098 }, "task": "classification",
          "output": { "name": "y", "kind": "logits", "classes": 4 } }
        """;

    private readonly TestFolder _folder = new();
    private readonly string _model;

    public TuneCommandTests()
    {
        _model = _folder.File("net.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 16, 16).Weights("w", 8, 3, 3, 3).Weights("b", 8).Weights("w2", 8, 8, 3, 3).Weights("v", 4, 8)
            .Node("Conv", "x w b", "c", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c", "r").Node("MaxPool", "r", "p", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }))
            .Node("Conv", "p w2", "d", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "d", "s")
            .Node("AveragePool", "s", "g", ("kernel_shape", new[] { 8, 8 })).Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(_model, builder.Model.ToByteArray());
        _folder.Write("net.json", Sidecar);
        for (int i = 0; i < 36; i++)
        {
            _folder.WriteNoise($"pictures/{i % 4}/{i}.ppm", 16, i);
        }
    }

    private string Pictures => _folder.File("pictures");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SearchesPointsAndPutsThemIntoTheBundle()
    {
        JsonElement tune = Tune("out.edge", "--points", "1.5x,2x", "--smaller-input", "off");
        Assert.Equal("modelpacker.tune", tune.GetProperty("schema").GetString());
        Assert.True(tune.GetProperty("labelled").GetBoolean());
        Assert.Equal(12, tune.GetProperty("dense").GetProperty("n").GetInt32());
        JsonElement[] points = [.. tune.GetProperty("points").EnumerateArray()];
        Assert.Equal(["1.5x", "2x"], points.Select(p => p.GetProperty("name").GetString()));
        Assert.True(points[0].GetProperty("speedup").GetDouble() >= 1.5 && points[1].GetProperty("speedup").GetDouble() >= 2);

        string path = _folder.File("out.edge");
        using Bundle bundle = BundleReader.Open(path);
        Assert.Equal(["dense", "1.5x", "2x"], bundle.Points.Select(p => p.Name));
        double dense = bundle.Macs(bundle.Points[0]);
        Assert.InRange(dense / bundle.Macs(bundle.Points[1]), 1.4, 2);
        Assert.True(dense / bundle.Macs(bundle.Points[2]) > dense / bundle.Macs(bundle.Points[1]));
        for (int i = 0; i < points.Length; i++)
        {
            Assert.Equal(points[i].GetProperty("loss").GetDouble(), bundle.Points[i + 1].Figures["loss"]);
            Assert.Equal(points[i].GetProperty("top1").GetDouble(), bundle.Points[i + 1].Figures["top1"]);
            Assert.Equal(bundle.Macs(bundle.Points[i + 1]), bundle.Points[i + 1].Figures["macs"]);
            Assert.Equal(JsonValueKind.Object, points[i].GetProperty("uncorrected").ValueKind);
        }

        // The masks are the ones that the rates speak of.
        PerforationSection section = PerforationSection.Read(path, bundle)!;
        for (int i = 0; i < points.Length; i++)
        {
            JsonElement[] layers = [.. points[i].GetProperty("layers").EnumerateArray().Where(l => l.GetProperty("rate").GetDouble() > 0)];
            Assert.Equal(layers.Select(l => l.GetProperty("mask").GetString()), section.Masks[i + 1].Select(m => m.Kind));
        }

        using EdgeModel model = EdgeModel.Load(path);
        using Session session = model.CreateSession();
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            session.Point = i;
            session.SetGoldenInput();
            session.Run();
            Assert.Equal(bundle.Points[i].GoldenHash, session.HashOutputs());
        }

        Assert.False(File.Exists(path + ".search"));
    }

    // On noise the network answers best what it was given a smaller picture of, and masks come on top.
    [Fact]
    public void PointsMayTakeASmallerPicture()
    {
        JsonElement[] points = [.. Tune("out.edge", "--points", "1.5x,8x").GetProperty("points").EnumerateArray()];
        string path = _folder.File("out.edge");
        using Bundle bundle = BundleReader.Open(path);
        InputSize size = bundle.Points[2].Input!.Value;
        Assert.InRange(size.Height, 8, 15);
        Assert.Equal((size.Height, size.Width), (points[1].GetProperty("input").GetProperty("height").GetInt32(), points[1].GetProperty("input").GetProperty("width").GetInt32()));
        Assert.Equal(size.Height * size.Width, bundle.Points[2].Rows[bundle.Inputs[0].Map]);
        Assert.True(bundle.Macs(bundle.Points[0]) >= 8 * bundle.Macs(bundle.Points[2]));

        // Masks lie on the smaller grids, and what they and the smaller picture save is told per layer.
        PerforationSection section = PerforationSection.Read(path, bundle)!;
        PerforatedStep mask = section.Masks[2][0];
        (int height, int width) = section.GridsOf(bundle, 2)[bundle.Steps[mask.Step].Output];
        Assert.True(mask.Kept[^1] < height * width && height < 16);
        JsonElement layer = points[1].GetProperty("layers").EnumerateArray().Single(l => l.GetProperty("name").GetString() == bundle.Steps[mask.Step].Name);
        Assert.Equal(1 - ((double)mask.Kept.Length / bundle.Points[0].Rows[bundle.Steps[mask.Step].Output]), layer.GetProperty("rate").GetDouble(), 12);

        // The very point, fed by the runtime, is as good as the search said.
        JsonElement eval = Json("eval", path, "--point", "8x", "--images", Pictures, "--json");
        Assert.Equal(36, eval.GetProperty("n").GetInt32());
        Assert.True(eval.GetProperty("loss").GetDouble() < 2 * points[1].GetProperty("loss").GetDouble());
        JsonElement masks = Json("inspect", path, "--masks").GetProperty("points")[2];
        Assert.Equal(size.Width, masks.GetProperty("input").GetProperty("width").GetInt32());
        string copy = _folder.File("copy.edge");
        Assert.Equal(0, Run("pack", _model, "--calibration", Pictures, "--limit", "0", "--points-from", path, "-o", copy).Code);
        using Bundle copied = BundleReader.Open(copy);
        Assert.Equal(bundle.Points.Select(p => p.Input), copied.Points.Select(p => p.Input));
        Assert.Equal(bundle.Points[2].Rows, copied.Points[2].Rows);
    }

    [Fact]
    public void WidthsOfSmallerPicturesMayBeNamed()
    {
        Tune("out.edge", "--points", "8x", "--smaller-input", "13,11", "--mask", "grid");
        using Bundle bundle = BundleReader.Open(_folder.File("out.edge"));
        Assert.Contains(bundle.Points[1].Input!.Value.Width, (int[])[13, 11]);
        Assert.Equal(bundle.Points[1].Input!.Value.Width, bundle.Points[1].Input!.Value.Height);

        // The full picture is one of the ways only where it is named. By the dense network's own answers it is never behind.
        for (int i = 0; i < 12; i++)
        {
            _folder.WriteNoise($"plain/{i}.ppm", 16, i);
        }

        Assert.Equal(["search (", "search at 15x15 ("], Searched("16,15"));
        Assert.Equal(["search at 15x15 ("], Searched("15"));

        string[] Searched(string widths)
        {
            (int code, _, string error) = Run("tune", _model, "--data", _folder.File("plain"), "--objective", "macs", "--points", "1.7x", "--smaller-input", widths, "--mask", "grid", "--verbose", "-o", _folder.File("other.edge"));
            Assert.Equal(0, code);
            return [.. error.Split('\n').Where(l => l.StartsWith("search", StringComparison.Ordinal)).Select(l => l[..(l.IndexOf('(') + 1)])];
        }
    }

    [Fact]
    public void APictureOfItsOwnSizeIsWhatMasksAloneAre()
    {
        JsonElement[] points = [.. Tune("out.edge", "--points", "2x", "--mask", "impact").GetProperty("points").EnumerateArray()];
        Assert.Equal(JsonValueKind.Null, points[0].GetProperty("input").ValueKind);
    }

    [Fact]
    public void TheDensePointIsWhatPackMakes()
    {
        string packed = _folder.File("packed.edge");
        Assert.Equal(0, Run("pack", _model, "--calibration", Pictures, "--limit", "0", "-o", packed).Code);
        Tune("out.edge", "--points", "2x");
        using Bundle pack = BundleReader.Open(packed);
        using Bundle tuned = BundleReader.Open(_folder.File("out.edge"));
        AssertSameDense(pack, tuned);
    }

    [Fact]
    public void ABundleIsTunedAnewAndItsDensePointStaysAsItIs()
    {
        Tune("first.edge", "--points", "1.5x");
        string second = _folder.File("second.edge");
        (int code, string output, string error) = Run("tune", _folder.File("first.edge"), "--data", Pictures, "--objective", "macs", "--points", "2x", "--json", "-o", second);
        Assert.True(code == 0, error);
        Assert.Equal("2x", JsonDocument.Parse(output).RootElement.GetProperty("points")[0].GetProperty("name").GetString());
        using Bundle before = BundleReader.Open(_folder.File("first.edge"));
        using Bundle after = BundleReader.Open(second);
        Assert.Equal(["dense", "2x"], after.Points.Select(p => p.Name));
        AssertSameDense(before, after);
    }

    [Fact]
    public void ABundleMayReplaceItself()
    {
        Tune("net.edge", "--points", "1.5x");
        string path = _folder.File("net.edge");
        (int code, _, string error) = Run("tune", path, "--data", Pictures, "--objective", "macs", "--points", "2x", "-o", path);
        Assert.True(code == 0, error);
        using Bundle bundle = BundleReader.Open(path);
        Assert.Equal(["dense", "2x"], bundle.Points.Select(p => p.Name));
        using EdgeModel model = EdgeModel.Load(path);
        using Session session = model.CreateSession();
        session.SetGoldenInput();
        session.Run();
        Assert.Equal(bundle.Points[0].GoldenHash, session.HashOutputs());
    }

    [Theory]
    [InlineData("off", "relax points (")]
    [InlineData("on", "relax points at ")]
    public void AnInterruptedSearchGoesOnToTheSameBundle(string smaller, string stage)
    {
        Tune("whole.edge", "--points", "2x", "--smaller-input", smaller);
        byte[] whole = File.ReadAllBytes(_folder.File("whole.edge"));

        // Interrupted when the way is known and the points are not made.
        string path = _folder.File("parts.edge");
        string log = path + ".search";
        string[] command = ["tune", _model, "--data", Pictures, "--objective", "macs", "--points", "2x", "--smaller-input", smaller, "--threads", "2", "-o", path];
        using (CancellationTokenSource source = new())
        {
            int code = PackerCommandLine.Run([.. command, "--verbose"], new Terminal(new StringWriter(), new Interrupter(stage, source), false), source.Token);
            Assert.Equal(130, code);
        }

        Assert.False(File.Exists(path));
        int lines = File.ReadAllLines(log).Length;
        Assert.True(lines > 2);
        File.AppendAllText(log, "loss\t0:1U0\t0.1");
        (int second, _, string error) = Run([.. command, "--resume"]);
        Assert.True(second == 0, error);
        Assert.Equal(whole, File.ReadAllBytes(path));
        Assert.False(File.Exists(log));
    }

    [Fact]
    public void ResumingWithOtherOptionsIsRefused()
    {
        string path = _folder.File("x.edge");
        File.WriteAllLines(path + ".search", ["search 1 something else", "loss\t\t1;2\t."]);
        (int code, _, string error) = Run("tune", _model, "--data", Pictures, "--objective", "macs", "--points", "2x", "--resume", "-o", path);
        Assert.Equal(2, code);
        Assert.Contains("--resume", error);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void ThreadsDoNotChangeTheBundle()
    {
        Tune("one.edge", "--points", "2x", "--threads", "1");
        Tune("three.edge", "--points", "2x", "--threads", "3");
        Assert.Equal(File.ReadAllBytes(_folder.File("one.edge")), File.ReadAllBytes(_folder.File("three.edge")));
    }

    [Fact]
    public void PicturesWithoutLabelsAreJudgedByTheDenseAnswers()
    {
        for (int i = 0; i < 12; i++)
        {
            _folder.WriteNoise($"plain/{i}.ppm", 16, i);
        }

        JsonElement tune = Json("tune", _model, "--data", _folder.File("plain"), "--objective", "macs", "--points", "2x", "--json", "-o", _folder.File("out.edge"));
        Assert.False(tune.GetProperty("labelled").GetBoolean());
        Assert.Equal(0, tune.GetProperty("dense").GetProperty("loss").GetDouble(), 9);
        Assert.Equal(100, tune.GetProperty("dense").GetProperty("top1").GetDouble());
        Assert.True(tune.GetProperty("points")[0].GetProperty("loss").GetDouble() > 0);
    }

    [Fact]
    public void SpeedUpsOutOfReachAreSaidAndLeftOut()
    {
        JsonElement tune = Tune("out.edge", "--points", "1.5x,99x", "--mask", "grid");
        Assert.Single(tune.GetProperty("points").EnumerateArray());
        Assert.Contains(tune.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.StartsWith("99× is out of reach", StringComparison.Ordinal));
    }

    [Fact]
    public void MaxLossMakesAPointOfItsOwn()
    {
        JsonElement tune = Tune("out.edge", "--max-loss", "20");
        Assert.Equal("loss20", Assert.Single(tune.GetProperty("points").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public void BaselinesAreMeasuredBesideThePoints()
    {
        JsonElement tune = Tune("out.edge", "--points", "2x", "--mask", "uniform", "--baselines");
        JsonElement[] baselines = [.. tune.GetProperty("baselines").EnumerateArray()];
        Assert.Empty(tune.GetProperty("missing_baselines").EnumerateArray());
        Assert.Equal(["fractional-stride", "grid", "smaller-input", "uniform"], baselines.Select(b => b.GetProperty("kind").GetString()).Distinct().Order());
        double dense = Macs("out.edge");
        foreach (IGrouping<string?, JsonElement> kind in baselines.GroupBy(b => b.GetProperty("kind").GetString()))
        {
            double[] macs = [.. kind.OrderByDescending(b => b.GetProperty("share").GetDouble()).Select(b => b.GetProperty("macs").GetDouble())];
            Assert.Equal(macs.OrderDescending(), macs);
            Assert.All(macs, m => Assert.InRange(m, 0.15 * dense, 0.9 * dense));
        }

        Assert.All(baselines, b =>
        {
            Assert.Equal(12, b.GetProperty("n").GetInt32());
            Assert.Equal(b.GetProperty("kind").GetString() == "smaller-input", b.GetProperty("size").ValueKind == JsonValueKind.String);
        });
        Assert.Equal(8, baselines.Count(b => b.GetProperty("corrected").GetBoolean()));

        // Tools read the same from the bundle.
        MessagePackReader reader = new(BundleReader.ReadExtra(_folder.File("out.edge"), "search")!);
        byte[] text = [.. System.Buffers.BuffersExtensions.ToArray(reader.ReadBytes()!.Value)];
        JsonElement[] recorded = [.. JsonDocument.Parse(text).RootElement.GetProperty("baselines").EnumerateArray()];
        Assert.Equal(baselines.Select(b => b.GetProperty("loss").GetDouble()), recorded.Select(b => b.GetProperty("loss").GetDouble()));
        Assert.Equal(baselines.Select(b => b.GetProperty("name").GetString()), recorded.Select(b => b.GetProperty("name").GetString()));
    }

    [Fact]
    public void BaselinesCostWhatTheObjectiveCounts()
    {
        JsonElement time = Json("tune", _model, "--data", Pictures, "--objective", "time", "--mask", "grid", "--points", "1.1x", "--baselines", "--json", "-o", _folder.File("time.edge"));
        Assert.All(time.GetProperty("baselines").EnumerateArray(), b => Assert.InRange(b.GetProperty("cost").GetDouble(), 1e-6, 1000));

        // A board where every row of every step takes a millisecond.
        Tune("macs.edge", "--points", "2x");
        using Bundle bundle = BundleReader.Open(_folder.File("macs.edge"));
        int[] rows = [.. bundle.Steps.Select(s => bundle.Points[0].Rows[s.Output])];
        string timings = _folder.Write("timings.json", JsonSerializer.Serialize(new { steps = bundle.Steps.Select((s, i) => new { name = s.Name, rows = rows[i], median_ms = rows[i] }) }));
        JsonElement board = Json("tune", _model, "--data", Pictures, "--timings", timings, "--points", "1.5x", "--baselines", "--json", "-o", _folder.File("board.edge"));
        JsonElement half = Assert.Single(board.GetProperty("baselines").EnumerateArray(), b => b.GetProperty("name").GetString() == "input 0.5");

        // 16×16 → 8×8 in all maps but the answers, which have one row either way.
        Assert.Equal(rows.Sum(r => r > 1 ? r / 4 : r), half.GetProperty("cost").GetDouble(), 9);
        Assert.Equal("8x8", half.GetProperty("size").GetString());
    }

    [Fact]
    public void ABundleHasNoBaselinesOfOtherSizes()
    {
        Tune("first.edge", "--points", "1.5x");
        JsonElement tune = Json("tune", _folder.File("first.edge"), "--data", Pictures, "--objective", "macs", "--points", "2x", "--baselines", "--json", "-o", _folder.File("out.edge"));
        Assert.Equal(16, tune.GetProperty("baselines").GetArrayLength());
        Assert.Equal(8, tune.GetProperty("missing_baselines").GetArrayLength());
    }

    [Theory]
    [InlineData("--points", "fast")]
    [InlineData("--points", "1x")]
    [InlineData("--points", "0.5x")]
    [InlineData("--points", "-2x")]
    [InlineData("--points", "NaN")]
    [InlineData("--points", "1.5x,,abc")]
    [InlineData("--points", "1e9x")]
    [InlineData("--points", "")]
    [InlineData("--max-loss", "0")]
    [InlineData("--max-loss", "-1")]
    [InlineData("--max-loss", "NaN")]
    [InlineData("--max-loss", "101")]
    [InlineData("--mask", "random")]
    [InlineData("--smaller-input", "small")]
    [InlineData("--smaller-input", "12,0")]
    [InlineData("--smaller-input", "")]
    [InlineData("--smaller-input", "17,8")]
    [InlineData("--objective", "luck")]
    [InlineData("--timings", "nosuch.json")]
    [InlineData("--data", "nosuch")]
    [InlineData("--seed", "x")]
    public void NonsenseIsAnErrorOfUse(string option, string value)
    {
        List<string> args = ["tune", _model, "-o", _folder.File("out.edge"), option, value];
        if (option != "--data")
        {
            args.AddRange(["--data", Pictures]);
        }

        (int code, string output, string error) = Run([.. args]);
        Assert.True(code == 2, error);
        Assert.StartsWith("error: ", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(output);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Fact]
    public void ANetworkWithNothingToPerforateIsABadModel()
    {
        string model = _folder.File("flat.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 16, 16).Weights("w", 4, 3, 1, 1).Node("Conv", "x w", "c").Node("GlobalAveragePool", "c", "g").Node("Flatten", "g", "y").Output("y");
        File.WriteAllBytes(model, builder.Model.ToByteArray());
        (int code, _, string error) = Run("tune", model, "--input-spec", _folder.File("net.json"), "--data", Pictures, "--objective", "macs", "-o", _folder.File("out.edge"));
        Assert.Equal(3, code);
        Assert.Contains("no k×k convolution", error);
    }

    [Fact]
    public void LabelsBeyondTheClassesAreAnErrorOfUse()
    {
        string labels = _folder.Write("labels.csv", string.Join('\n', Enumerable.Range(0, 36).Select(i => $"{i % 4}/{i}.ppm,{i % 5}")));
        (int code, _, string error) = Run("tune", _model, "--data", Pictures, "--labels", labels, "--objective", "macs", "-o", _folder.File("out.edge"));
        Assert.Equal(2, code);
        Assert.Contains("has the label 4, but the network has 4 classes", error);
    }

    private static void AssertSameDense(Bundle expected, Bundle actual)
    {
        Assert.Equal("dense", actual.Points[0].Name);
        Assert.Equal(expected.Points[0].GoldenHash, actual.Points[0].GoldenHash);
        Assert.Equal(expected.Points[0].Rows, actual.Points[0].Rows);
        Assert.Empty(actual.Points[0].Constants);
        Assert.Equal(expected.Maps, actual.Maps);
        for (int i = 0; i < expected.Steps.Length; i++)
        {
            Assert.Equal(expected.Points[0].Tables[i].Select(t => t < 0 ? null : expected.Tables[t].Entries), actual.Points[0].Tables[i].Select(t => t < 0 ? null : actual.Tables[t].Entries));
        }
    }

    private double Macs(string bundle)
    {
        using Bundle b = BundleReader.Open(_folder.File(bundle));
        return b.Macs(b.Points[0]);
    }

    private JsonElement Tune(string output, params string[] more) => Json(["tune", _model, "--data", Pictures, "--objective", "macs", "--json", "-o", _folder.File(output), .. more]);

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = PackerCommandLine.Run(args, new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }
}
