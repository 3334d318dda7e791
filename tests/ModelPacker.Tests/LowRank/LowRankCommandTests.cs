using System.Text.Json;
using EdgeRuntime.Bundles;
using Google.Protobuf;
using ModelPacker.Commands;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.LowRank;

/// <summary><c>--low-rank</c> of <c>pack</c> and <c>tune</c>.</summary>
public sealed class LowRankCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _model;

    public LowRankCommandTests()
    {
        _model = _folder.File("net.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 16, 16).Weights("w", 16, 3, 3, 3).Weights("b", 16).Weights("w2", 16, 16, 3, 3).Weights("v", 4, 16)
            .Node("Conv", "x w b", "first", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "first", "r")
            .Node("Conv", "r w2", "second", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "second", "s")
            .Node("GlobalAveragePool", "s", "g").Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(_model, builder.Model.ToByteArray());
        _folder.Write("net.json", """
            { "input": { "name": "x", "width": 16, "height": 16, "scale": 0.00392156862745098 }, "task": "classification",
              "output": { "name": "y", "kind": "logits", "classes": 4 } }
            """);
        for (int i = 0; i < 36; i++)
        {
            _folder.WriteNoise($"pictures/{i % 4}/{i}.ppm", 16, i);
        }
    }

    private string Pictures => _folder.File("pictures");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("int8")]
    [InlineData("fp32")]
    public void PackMakesAThinnerNetwork(string precision)
    {
        string plain = _folder.File("plain.edge");
        string thin = _folder.File("thin.edge");
        Json("pack", _model, "--calibration", Pictures, "--precision", precision, "--json", "-o", plain);
        JsonElement pack = Json("pack", _model, "--calibration", Pictures, "--precision", precision, "--low-rank", "1.5", "--json", "-o", thin);
        JsonElement layer = Assert.Single(pack.GetProperty("low_rank").EnumerateArray());
        Assert.Equal(("second", 16, 8), (layer.GetProperty("name").GetString(), layer.GetProperty("outputs").GetInt32(), layer.GetProperty("rank").GetInt32()));
        Assert.InRange(layer.GetProperty("kept_energy").GetDouble(), 0.5, 1);
        using Bundle whole = BundleReader.Open(plain);
        using Bundle made = BundleReader.Open(thin);
        Assert.InRange(whole.Macs(whole.Points[0]) / made.Macs(made.Points[0]), 1.5, 2);
        Assert.Equal(["second", "second/spread"], made.Steps.Select(s => s.Name).Where(n => n.StartsWith("second", StringComparison.Ordinal)));
        Assert.Equal(made.Macs(made.Points[0]), pack.GetProperty("macs").GetDouble());
    }

    [Fact]
    public void MasksGoOnTheFirstFactorAndTheSecondFollows()
    {
        string path = _folder.File("tuned.edge");
        Json("tune", _model, "--data", Pictures, "--low-rank", "1.5", "--objective", "macs", "--mask", "grid", "--points", "3x", "--json", "-o", path);
        using Bundle bundle = BundleReader.Open(path);
        int first = Array.FindIndex(bundle.Steps, s => s.Name == "second");
        int second = Array.FindIndex(bundle.Steps, s => s.Name == "second/spread");
        PerforatedStep mask = Assert.Single(PerforationSection.Read(path, bundle)!.Masks[1], m => m.Step == first);
        OperatingPoint point = bundle.Points[1];
        Assert.InRange(mask.Kept.Length, 1, 255);
        Assert.Equal(mask.Kept.Length, point.Rows[bundle.Steps[first].Output]);
        Assert.Equal(mask.Kept.Length, point.Rows[bundle.Steps[second].Output]);
        Assert.Equal(-1, point.Tables[second][0]);
    }

    [Fact]
    public void SpeedUpsCountFromTheNetworkThatWasGiven()
    {
        string plain = _folder.File("plain.edge");
        string path = _folder.File("tuned.edge");
        Json("pack", _model, "--calibration", Pictures, "--json", "-o", plain);
        JsonElement tune = Json("tune", _model, "--data", Pictures, "--low-rank", "1.5", "--objective", "macs", "--mask", "grid", "--points", "1.4x,3x", "--json", "-o", path);
        using Bundle whole = BundleReader.Open(plain);
        using Bundle bundle = BundleReader.Open(path);
        double given = whole.Macs(whole.Points[0]);
        Assert.Equal(["dense", "3x"], bundle.Points.Select(p => p.Name));
        Assert.Contains("1.4× needs no point of its own", tune.GetProperty("warnings")[0].GetString());
        Assert.Equal(given / bundle.Macs(bundle.Points[0]), bundle.Points[0].Figures["speedup"], 6);
        Assert.Equal(bundle.Points[0].Figures["speedup"], tune.GetProperty("dense").GetProperty("speedup").GetDouble());
        Assert.Equal(given / bundle.Macs(bundle.Points[1]), bundle.Points[1].Figures["speedup"], 6);
        Assert.InRange(bundle.Points[1].Figures["speedup"], 3, 4);
        Assert.Equal(bundle.Points[1].Figures["speedup"], tune.GetProperty("points")[0].GetProperty("speedup").GetDouble());
    }

    [Theory]
    [InlineData(2, "fits the decomposed layers on pictures", "pack", "MODEL", "--calibration", "random", "--low-rank", "1.5")]
    [InlineData(2, "fits the decomposed layers on pictures", "pack", "MODEL", "--precision", "fp32", "--low-rank", "1.5")]
    [InlineData(2, "out of reach", "pack", "MODEL", "--calibration", "DATA", "--low-rank", "20")]
    [InlineData(2, "above 1", "pack", "MODEL", "--calibration", "DATA", "--low-rank", "1")]
    [InlineData(2, "above 1", "pack", "MODEL", "--calibration", "DATA", "--low-rank", "NaN")]
    [InlineData(2, "--low-rank", "tune", "MODEL", "--data", "DATA", "--low-rank", "thin")]
    [InlineData(2, "is a bundle", "tune", "net.edge", "--data", "DATA", "--low-rank", "1.5")]
    public void WhatCannotBeIsAnError(int code, string message, params string[] args)
    {
        _folder.Write("net.edge", "");
        (int actual, _, string error) = Run([.. args.Select(a => a switch { "MODEL" => _model, "DATA" => Pictures, "net.edge" => _folder.File(a), _ => a }), "-o", _folder.File("out.edge")]);
        Assert.True(actual == code, error);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

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
