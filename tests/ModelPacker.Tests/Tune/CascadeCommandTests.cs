using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Governing;
using ModelPacker.Commands;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Tune;

/// <summary><c>modelpacker cascade</c> and <c>eval --cascade</c> on a small network.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class CascadeCommandTests(TunedNetwork network) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MarginsAreFoundKeptAndUsed()
    {
        // Beside a dense point that takes eight times as long, asking twice pays where it is rarely needed.
        string times = Times("""{ "results": [ { "point": "dense", "median_ms": 8 }, { "point": "2x", "median_ms": 1 } ] }""");
        string bundle = _folder.File("cascade.edge");
        JsonElement found = Json("cascade", network.Bundle, "--data", network.PlainPictures, "--times", times, "--max-loss", "0", "-o", bundle, "--json");
        Assert.Equal("ms", found.GetProperty("unit").GetString());
        Assert.False(found.GetProperty("labelled").GetBoolean());
        Assert.Equal(40, found.GetProperty("n").GetInt32());
        Assert.Equal(8, found.GetProperty("dearest").GetProperty("cost").GetDouble());

        // Unlabelled, the dearest point is right by definition.
        Assert.Equal(100, found.GetProperty("dearest").GetProperty("top1").GetDouble());
        using Bundle read = BundleReader.Open(bundle);
        Assert.Equal(8, read.Points[0].Figures["predicted_ms"]);
        Assert.NotNull(BundleReader.ReadExtra(bundle, "perforation"));
        JsonElement stages = found.GetProperty("stages");
        Assert.Equal(["2x", "dense"], stages.EnumerateArray().Select(s => s.GetProperty("point").GetString()));
        Cascade cascade = Cascade.FromBundle(read)!;
        Assert.Equal(stages[0].GetProperty("margin").GetDouble(), cascade.Stages[0].Margin);

        JsonElement eval = Json("eval", bundle, "--images", network.Pictures, "--cascade", "--json");
        Assert.Equal("cascade", eval.GetProperty("point").GetString());
        JsonElement asked = eval.GetProperty("cascade");
        Assert.Equal(1, asked[0].GetProperty("asked").GetDouble());
        Assert.InRange(asked[1].GetProperty("asked").GetDouble(), 0, 1);

        // Every answer is that of the stage that gave it.
        (double dense, double cheap, double both) = (Top1(bundle, "--point", "dense"), Top1(bundle, "--point", "2x"), Top1(bundle, "--cascade"));
        Assert.InRange(both, Math.Min(dense, cheap) - (100 * asked[1].GetProperty("asked").GetDouble()), Math.Max(dense, cheap) + (100 * asked[1].GetProperty("asked").GetDouble()));
    }

    [Theory]
    [InlineData("""{ "results": [ { "point": "dense", "median_ms": 8 } ] }""", "no time of the operating point '2x'")]
    [InlineData("""{ "steps": [] }""", "edgert bench BUNDLE --point all --json > FILE")]
    [InlineData("""{ "results": [ { "point": null, "median_ms": 8 } ] }""", "Cannot use the times")]
    [InlineData("no JSON", "Cannot use the times")]
    public void TimesThatDoNotFitAreRefused(string text, string message)
        => Refused(2, message, "cascade", network.Bundle, "--data", network.PlainPictures, "--times", Times(text), "-o", _folder.File("out.edge"));

    [Fact]
    public void RefusesWhatCannotBe()
    {
        Refused(2, "is an ONNX file", "cascade", network.Folder.File("net.onnx"), "--data", network.PlainPictures, "-o", _folder.File("out.edge"));
        Refused(2, "--max-loss", "cascade", network.Bundle, "--data", network.PlainPictures, "--max-loss", "-1", "-o", _folder.File("out.edge"));
        Refused(2, "has no cascade", "eval", network.Bundle, "--images", network.Pictures, "--cascade");
        Refused(2, "Leave '--point' out", "eval", network.Bundle, "--images", network.Pictures, "--cascade", "--point", "2x");
        string dense = _folder.File("dense.edge");
        Json("pack", network.Folder.File("net.onnx"), "--calibration", network.PlainPictures, "-o", dense, "--json");
        Refused(3, "one operating point", "cascade", dense, "--data", network.PlainPictures, "-o", _folder.File("out.edge"));
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Theory]
    [InlineData("smaller-input", "dense", 12)]
    [InlineData("fractional-stride", "strided", 16)]
    public void BaselinesAreBundlesThatCanBeTrained(string kind, string point, int side)
    {
        string bundle = _folder.File("baseline.edge");
        JsonElement made = Json("baseline", network.Folder.File("net.onnx"), "--kind", kind, "--share", "0.75", "--calibration", network.PlainPictures, "-o", bundle, "--json");
        Assert.Equal(point, made.GetProperty("point").GetString());
        Assert.Equal(side, made.GetProperty("width").GetInt32());
        double dense = Json("inspect", network.Bundle, "--json").GetProperty("points")[0].GetProperty("macs").GetDouble();
        Assert.InRange(made.GetProperty("macs").GetDouble() / dense, 0.4, 0.8);
        string trained = _folder.File("trained.edge");
        JsonElement report = Json("finetune", bundle, "--data", network.Pictures, "--point", point, "--epochs", "8", "--learning-rate", "0.01", "-o", trained, "--json");
        Assert.True(report.GetProperty("epochs").GetArrayLength() > 0);
        Assert.True(Top1(trained, "--point", point) > Top1(bundle, "--point", point));
        Refused(2, "--share", "baseline", network.Folder.File("net.onnx"), "--kind", kind, "--share", "1.5", "--calibration", network.PlainPictures, "-o", bundle);
    }

    private double Top1(string bundle, params string[] how) => Json(["eval", bundle, "--images", network.Pictures, .. how, "--json"]).GetProperty("top1").GetDouble();

    private string Times(string text) => _folder.Write("times.json", text);

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }

    private static void Refused(int code, string message, params string[] args)
    {
        (int ended, _, string error) = TunedNetwork.Run(args);
        Assert.Equal(code, ended);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }
}
