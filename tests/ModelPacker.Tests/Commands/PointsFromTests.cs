using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Commands;

/// <summary><c>modelpacker pack --points-from</c>.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class PointsFromTests(TunedNetwork network) : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Model => network.Folder.File("net.onnx");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameNetworkGetsTheVeryPointsOfItsTuning(bool throughJson)
    {
        string tuned = _folder.File("tuned.edge");
        string packed = _folder.File("packed.edge");
        Succeed("tune", Model, "--data", network.Pictures, "--objective", "macs", "--points", "1.5x,2.5x", "--mask", "uniform", "--no-correction", "--limit", "40", "-o", tuned);
        string source = throughJson ? _folder.Write("masks.json", Succeed("inspect", tuned, "--masks")) : tuned;
        JsonElement report = JsonDocument.Parse(Succeed("pack", Model, "--calibration", network.Pictures, "--limit", "40", "--points-from", source, "-o", packed, "--json")).RootElement;

        using Bundle expected = BundleReader.Open(tuned);
        using Bundle made = BundleReader.Open(packed);
        Assert.Equal(["dense", "1.5x", "2.5x"], made.Points.Select(p => p.Name));
        Assert.Equal(made.Points.Select(p => p.Name), report.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        for (int p = 0; p < 3; p++)
        {
            Assert.Equal(expected.Points[p].Rows, made.Points[p].Rows);
            Assert.Equal(expected.Points[p].GoldenHash, made.Points[p].GoldenHash);
            Assert.NotNull(made.Points[p].GoldenHash);
            Assert.Equal(expected.Points[p].Figures["macs"], made.Points[p].Figures["macs"]);
            Assert.Equal(expected.Points[p].Figures["peak_bytes"], made.Points[p].Figures["peak_bytes"]);
            Assert.False(made.Points[p].Figures.ContainsKey("loss") || made.Points[p].Figures.ContainsKey("top1") || made.Points[p].Figures.ContainsKey("speedup"));
            for (int i = 0; i < made.Steps.Length; i++)
            {
                Assert.Equal(expected.Points[p].Tables[i].Select(t => t < 0 ? null : expected.Tables[t].Entries), made.Points[p].Tables[i].Select(t => t < 0 ? null : made.Tables[t].Entries));
            }
        }

        Assert.True(made.Points[2].Figures["macs"] < made.Points[1].Figures["macs"] && made.Points[1].Figures["macs"] < made.Points[0].Figures["macs"]);
        Assert.Equal(Masks(tuned), Masks(packed));
    }

    [Fact]
    public void ConstantsOfOtherWeightsAreLeftBehind()
    {
        string corrected = _folder.File("corrected.edge");
        string packed = _folder.File("packed.edge");
        using Bundle tuned = BundleReader.Open(network.Bundle);
        PerforationSection section = PerforationSection.Read(network.Bundle, tuned)!;
        int step = Array.FindIndex(tuned.Steps, s => s is ConvolutionStep);
        int channels = tuned.Maps[tuned.Steps[step].Output].Channels;
        PointAssembler assembler = new(tuned);
        assembler.Add("2x", new Perforator(tuned).Compile(section.Supports(network.Bundle, tuned, 1)),
            new Dictionary<int, CorrectedConstants> { [step] = new(new int[channels], null, [.. Enumerable.Repeat(0.01f, channels)]) });
        BundleWriter.Save(assembler.Build([section.ToExtra()]), corrected);
        Succeed("pack", Model, "--precision", "fp32", "--points-from", corrected, "-o", packed);
        using Bundle made = BundleReader.Open(packed);
        Assert.Equal(tuned.Points[1].Rows, made.Points[1].Rows);
        Assert.Empty(made.Points[1].Constants);
        Assert.Equal(Masks(corrected), Masks(packed));
    }

    [Theory]
    [InlineData("layer", "\"nosuch\"", 3, "there is no convolution 'nosuch'")]
    [InlineData("width", "8", 3, "has 256 sites and the map 16×8")]
    [InlineData("kept", "[3, 1]", 3, "have to rise")]
    [InlineData("kept", "[999]", 3, "within 0..255")]
    [InlineData("kept", "[]", 3, "no site is kept")]
    [InlineData("kept", "[0, 255]", 3, "not kept")]
    [InlineData("stands_for", "[0]", 3, "1 sites")]
    [InlineData("stands_for", "{}", 3, "damaged")]
    [InlineData("height", "\"x\"", 3, "damaged")]
    public void MasksThatDoNotFitAreErrors(string member, string value, int expected, string message)
    {
        JsonNode masks = JsonNode.Parse(Masks(network.Bundle))!;
        JsonNode layer = masks["points"]![1]!["layers"]!.AsArray().First(l => l!["height"]!.GetValue<int>() == 16)!;
        layer[member] = JsonNode.Parse(value);
        Fail(masks.ToJsonString(), expected, message);
    }

    [Fact]
    public void MapsOfAnotherSizeAreNamedAtOnce()
    {
        // The masks of a network for pictures half as large.
        JsonNode masks = JsonNode.Parse(Masks(network.Bundle))!;
        JsonArray layers = masks["points"]![1]!["layers"]!.AsArray();
        foreach (JsonNode? layer in layers)
        {
            (layer!["height"], layer["width"], layer["kept"], layer["stands_for"]) = (1, 2, new JsonArray(1), new JsonArray(1, 1));
        }

        string[] names = [.. layers.Select(l => l!["layer"]!.GetValue<string>())];
        Assert.NotEmpty(names);
        Fail(masks.ToJsonString(), 3, [.. names.Select(n => $"the map of '{n}' has"), "its mask 1×2"]);
    }

    [Fact]
    public void StandInsThatAreNotNearestAreErrors()
    {
        JsonNode masks = JsonNode.Parse(Masks(network.Bundle))!;
        JsonNode layer = masks["points"]![1]!["layers"]!.AsArray().First(l => l!["height"]!.GetValue<int>() == 16)!;
        layer["kept"] = new JsonArray(0, 255);
        layer["stands_for"] = new JsonArray([.. Enumerable.Range(0, 256).Select(s => (JsonNode)(s == 0 ? 0 : 255))]);
        Fail(masks.ToJsonString(), 3, "not the nearest");
    }

    [Theory]
    [InlineData("2x", "dense", 3, "is taken")]
    [InlineData("2x", "", 3, "no name")]
    public void NamesOfPointsAreChecked(string name, string renamed, int expected, string message)
        => Fail(Masks(network.Bundle).Replace($"\"{name}\"", $"\"{renamed}\"", StringComparison.Ordinal), expected, message);

    [Theory]
    [InlineData("{", "damaged")]
    [InlineData("[]", "schema")]
    [InlineData("{ \"schema\": \"modelpacker.inspect\" }", "schema")]
    [InlineData("{ \"schema\": \"modelpacker.masks\" }", "damaged")]
    [InlineData("{ \"schema\": \"modelpacker.masks\", \"points\": [{ \"name\": \"dense\", \"layers\": [] }] }", "modelpacker tune")]
    public void OtherJsonIsAnError(string json, string message) => Fail(json, 3, message);

    [Fact]
    public void AFileThatIsNotThereIsAnError()
    {
        (int code, _, string error) = TunedNetwork.Run("pack", Model, "--precision", "fp32", "--points-from", _folder.File("nosuch.edge"), "-o", _folder.File("out.edge"));
        Assert.Equal(2, code);
        Assert.Contains("nosuch.edge", error);
    }

    private void Fail(string masks, int expected, params string[] messages)
    {
        string path = _folder.Write("masks.json", masks);
        (int code, string output, string error) = TunedNetwork.Run("pack", Model, "--precision", "fp32", "--points-from", path, "-o", _folder.File("out.edge"));
        Assert.True(code == expected, $"{code}: {error}");
        Assert.StartsWith("error: ", error);
        Assert.All(messages, m => Assert.Contains(m, error));
        Assert.Empty(output);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    private static string Masks(string bundle)
    {
        JsonNode report = JsonNode.Parse(Succeed("inspect", bundle, "--masks"))!;
        report["model"] = "";
        return report.ToJsonString();
    }

    private static string Succeed(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return output;
    }
}
