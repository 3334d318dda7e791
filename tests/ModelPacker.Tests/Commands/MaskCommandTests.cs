using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Perforate;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Commands;

/// <summary><c>modelpacker inspect --masks</c> and <c>modelpacker impact</c>.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class MaskCommandTests(TunedNetwork network) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("uniform")]
    [InlineData("grid")]
    [InlineData("fisher")]
    [InlineData("impact")]
    public void MasksAreTheOnesThatTheTablesWereMadeFrom(string kind)
    {
        string path = _folder.File("out.edge");
        Assert.Equal(0, TunedNetwork.Run("tune", network.Folder.File("net.onnx"), "--data", network.Pictures, "--objective", "macs", "--points", "1.5x,2.5x", "--mask", kind, "--limit", "40", "-o", path).Code);
        JsonElement report = Json("inspect", path, "--masks");
        JsonElement[] layers = [.. Json("inspect", path, "--json").GetProperty("points").EnumerateArray()];
        using Bundle bundle = BundleReader.Open(path);
        Assert.Equal("modelpacker.masks", report.GetProperty("schema").GetString());
        Assert.Equal(["dense", "1.5x", "2.5x"], report.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Empty(report.GetProperty("points")[0].GetProperty("layers").EnumerateArray());
        for (int p = 1; p < 3; p++)
        {
            Dictionary<int, Support> masks = [];
            foreach (JsonElement layer in report.GetProperty("points")[p].GetProperty("layers").EnumerateArray())
            {
                string name = layer.GetProperty("layer").GetString()!;
                int step = Array.FindIndex(bundle.Steps, s => s.Name == name);
                int width = layer.GetProperty("width").GetInt32();
                int[] kept = Integers(layer, "kept");
                int[] standsFor = Integers(layer, "stands_for");
                Assert.Equal(kind, layer.GetProperty("kind").GetString());
                Assert.Equal(layer.GetProperty("height").GetInt32() * width, standsFor.Length);
                Assert.Equal(1 - ((double)kept.Length / standsFor.Length), layer.GetProperty("rate").GetDouble(), 12);
                Assert.Contains(layers[p].GetProperty("layers").EnumerateArray(), l => l.GetProperty("name").GetString() == name && l.GetProperty("mask").GetString() == kind);
                for (int s = 0; s < standsFor.Length; s++)
                {
                    int Distance(int other) => ((other / width) - (s / width)) * ((other / width) - (s / width)) + (((other % width) - (s % width)) * ((other % width) - (s % width)));
                    Assert.Contains(standsFor[s], kept);
                    Assert.Equal(kept.Min(Distance), Distance(standsFor[s]));
                }

                masks[step] = new Support(kept, [.. standsFor.Select(s => Array.IndexOf(kept, s))]);
            }

            // Compiled again they give the very tables of the point, so that the ties are right, too.
            PointTables compiled = new Perforator(bundle).Compile(masks);
            Assert.Equal(bundle.Points[p].Rows, compiled.Rows);
            for (int i = 0; i < bundle.Steps.Length; i++)
            {
                Assert.Equal(bundle.Points[p].Tables[i].Select(t => t < 0 ? null : bundle.Tables[t].Entries), compiled.Tables[i].Select(t => t?.Entries));
            }
        }
    }

    [Fact]
    public void MasksOfOtherFilesAreErrors()
    {
        (int code, _, string error) = TunedNetwork.Run("inspect", network.Folder.File("net.onnx"), "--masks");
        Assert.Equal(2, code);
        Assert.Contains("--masks", error);

        // As it was before stand-ins were written down.
        string path = _folder.File("old.edge");
        using Bundle bundle = BundleReader.Open(network.Bundle);
        PerforationSection section = PerforationSection.Read(network.Bundle, bundle)!;
        bundle.Extras = [(section with { Masks = [.. section.Masks.Select(p => Array.ConvertAll(p, s => s with { Ties = null }))] }).ToExtra()];
        BundleWriter.Save(bundle, path);
        Assert.Equal(0, TunedNetwork.Run("inspect", path).Code);
        (code, _, error) = TunedNetwork.Run("inspect", path, "--masks");
        Assert.Equal(3, code);
        Assert.Contains("modelpacker tune", error);
    }

    [Fact]
    public void ImpactDrawsEveryLayerAndWritesItsNumbers()
    {
        JsonElement report = Json("impact", network.Folder.File("net.onnx"), "--data", network.Pictures, "--limit", "40", "--json", "-o", _folder.File("maps"));
        JsonElement written = JsonDocument.Parse(File.ReadAllText(_folder.File("maps", "impact.json"))).RootElement;
        Assert.Equal(report.ToString(), written.ToString());
        Assert.Equal("dense", report.GetProperty("point").GetString());
        JsonElement[] layers = [.. report.GetProperty("layers").EnumerateArray()];
        Assert.Equal([(16, 16), (8, 8)], layers.Select(l => (l.GetProperty("height").GetInt32(), l.GetProperty("width").GetInt32())));
        foreach (JsonElement layer in layers)
        {
            double[] weights = [.. layer.GetProperty("weights").EnumerateArray().Select(w => w.GetDouble())];
            int width = layer.GetProperty("width").GetInt32();
            Assert.Equal(width * width, weights.Length);
            Assert.True(weights.Min() >= 0 && weights.Max() > 0);

            // Squares of one colour per site, the heaviest the brightest.
            Picture picture = PictureReader.Read(_folder.File("maps", layer.GetProperty("picture").GetString()!));
            int cell = picture.Width / width;
            int heaviest = Array.IndexOf(weights, weights.Max());
            int lightest = Array.IndexOf(weights, weights.Min());
            Assert.True(Sum(picture, cell, width, heaviest, 0) > Sum(picture, cell, width, lightest, 0));
            Assert.Equal(Sum(picture, cell, width, heaviest, 0), Sum(picture, cell, width, heaviest, cell - 1));
        }

        Picture sheet = PictureReader.Read(_folder.File("maps", "impact.png"));
        Assert.True(sheet.Width > 2 * 200 && sheet.Height > 200);
    }

    [Fact]
    public void SkippedSitesOfAPointWeighNothing()
    {
        JsonElement masks = Json("inspect", network.Bundle, "--masks").GetProperty("points")[1].GetProperty("layers");
        JsonElement[] layers = [.. Json("impact", network.Bundle, "--data", network.Pictures, "--point", "2x", "--json", "-o", _folder.File("maps")).GetProperty("layers").EnumerateArray()];
        Assert.NotEmpty(masks.EnumerateArray());
        foreach (JsonElement mask in masks.EnumerateArray())
        {
            int[] kept = Integers(mask, "kept");
            double[] weights = [.. layers.Single(l => l.GetProperty("name").GetString() == mask.GetProperty("layer").GetString()).GetProperty("weights").EnumerateArray().Select(w => w.GetDouble())];
            Assert.All(Enumerable.Range(0, weights.Length).Except(kept), s => Assert.Equal(0, weights[s]));
            Assert.Contains(kept, s => weights[s] > 0);
        }
    }

    [Theory]
    [InlineData(2, "no such data", "--data", "nosuch", "-o", "maps")]
    [InlineData(2, "a file in the way", "--data", "pictures", "-o", "net.json")]
    [InlineData(2, "no such point", "--data", "pictures", "--point", "9x", "-o", "maps")]
    public void MisuseOfImpactIsAnError(int expected, string what, params string[] options)
    {
        (int code, string output, string error) = TunedNetwork.Run(["impact", network.Bundle, .. options.Select(o => o.StartsWith('-') || o == "9x" ? o : o == "maps" ? _folder.File(o) : network.Folder.File(o))]);
        Assert.True(code == expected, $"{what}: {code} {error}");
        Assert.StartsWith("error: ", error);
        Assert.Empty(output);
    }

    [Fact]
    public void WhatIsNoClassifierHasNoImpact()
    {
        string spec = _folder.Write("other.json", File.ReadAllText(network.Folder.File("net.json")).Replace("classification", "other", StringComparison.Ordinal));
        (int code, _, string error) = TunedNetwork.Run("impact", network.Bundle, "--data", network.Pictures, "--input-spec", spec, "-o", _folder.File("maps"));
        Assert.Equal(3, code);
        Assert.Contains("classifier", error);
    }

    private static int Sum(Picture picture, int cell, int width, int site, int inside)
        => picture.Rgb.AsSpan(((((site / width * cell) + inside) * picture.Width) + (site % width * cell) + inside) * 3, 3).ToArray().Sum(b => b);

    private static int[] Integers(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(v => v.GetInt32())];

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
