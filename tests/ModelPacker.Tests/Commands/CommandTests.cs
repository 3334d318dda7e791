using System.Text.Json;
using Google.Protobuf;
using ModelPacker.Commands;

namespace ModelPacker.Tests.Commands;

/// <summary>The contract of the command line: exit codes, what goes to which stream, and the JSON documents.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Sidecar = """
        { "input": { "name": "x", "width": 8, "height": 8, "scale": 0.00392156862745098 }, "task": "classification",
          "output": { "name": "y", "kind": "logits", "classes": 4 } }
        """;

    private readonly TestFolder _folder = new();
    private readonly string _model;

    public CommandTests()
    {
        _model = _folder.File("net.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w", 6, 3, 3, 3).Weights("b", 6).Weights("v", 4, 6)
            .Node("Conv", "x w b", "c").Node("Relu", "c", "r").Node("GlobalAveragePool", "r", "g").Node("Flatten", "g", "f")
            .Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(_model, builder.Model.ToByteArray());
        _folder.Write("net.json", Sidecar);
        for (int i = 0; i < 8; i++)
        {
            _folder.WritePicture($"pictures/{i % 4}/{i}.ppm", 8, (byte)(i * 30));
        }
    }

    private string Pictures => _folder.File("pictures");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PackThenEvalThenReport()
    {
        string bundle = _folder.File("net.edge");
        JsonElement pack = Json("modelpacker.pack", "pack", _model, "--calibration", Pictures, "-o", bundle, "--json");
        Assert.True(pack.GetProperty("file_bytes").GetInt64() == new FileInfo(bundle).Length);
        Assert.True(pack.GetProperty("peak_bytes").GetInt64() > 0);
        Assert.True(pack.GetProperty("macs").GetDouble() > 0);
        Assert.NotEmpty(pack.GetProperty("worst_layers").EnumerateArray());
        Assert.Contains(pack.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("8 calibration pictures"));
        Assert.Equal(["net.edge"], Directory.GetFiles(_folder.Path, "*.edge*").Select(Path.GetFileName));

        JsonElement eval = Json("modelpacker.eval", "eval", bundle, "--images", Pictures, "--against", _model, "--json");
        Assert.Equal(8, eval.GetProperty("n").GetInt32());
        foreach (string name in (string[])["top1", "top5", "loss", "agreement", "cosine", "mean_abs_difference"])
        {
            Assert.Equal(JsonValueKind.Number, eval.GetProperty(name).ValueKind);
        }

        Assert.InRange(eval.GetProperty("cosine").GetDouble(), 0.99, 1.0001);
        JsonElement report = Json("modelpacker.report", "report", bundle, "--json");
        double[] sqnr = [.. report.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("sqnr").GetDouble())];
        Assert.NotEmpty(sqnr);
        Assert.Equal(sqnr.Order(), sqnr);
        JsonElement inspect = Json("modelpacker.inspect", "inspect", bundle, "--json");
        Assert.Equal("net", inspect.GetProperty("name").GetString());
        JsonElement point = inspect.GetProperty("points")[0];
        Assert.Equal("dense", point.GetProperty("name").GetString());
        Assert.NotEmpty(point.GetProperty("layers").EnumerateArray());
        Assert.True(point.GetProperty("peak_bytes").GetDouble() > 0);
    }

    [Fact]
    public void Fp32BundlesAnswerAsOnnxRuntimeDoes()
    {
        string bundle = _folder.File("net.edge");
        Assert.Equal(0, Run("pack", _model, "--precision", "fp32", "-o", bundle).Code);
        JsonElement eval = Json("modelpacker.eval", "eval", bundle, "--images", Pictures, "--against", _model, "--json");
        Assert.Equal(100, eval.GetProperty("agreement").GetDouble());
        Assert.InRange(eval.GetProperty("mean_abs_difference").GetDouble(), 0, 1e-4);
    }

    [Fact]
    public void TheAccuracyGateEndsWithFour()
    {
        (int code, string output, string error) = Run("eval", _model, "--images", Pictures, "--min-top1", "100.5", "--json");
        Assert.Equal(4, code);
        Assert.StartsWith("error: top-1 of", error);
        Assert.Equal("modelpacker.eval", JsonDocument.Parse(output).RootElement.GetProperty("schema").GetString());
        Assert.Equal(0, Run("eval", _model, "--images", Pictures, "--min-top1", "0").Code);
    }

    [Fact]
    public void CheckListsEverythingThatIsInTheWay()
    {
        Assert.True(Json("modelpacker.check", "check", _model, "--json").GetProperty("ok").GetBoolean());
        string bad = _folder.File("bad.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Node("NoSuchOp", "x", "a").Node("Relu", "a", "b").Node("NoOtherOp", "x", "c").Output("b").Output("c");
        File.WriteAllBytes(bad, builder.Model.ToByteArray());
        (int code, string output, string error) = Run("check", bad, "--json");
        Assert.Equal(3, code);
        Assert.StartsWith("error: ", error);
        Assert.Equal(2, JsonDocument.Parse(output).RootElement.GetProperty("unsupported").GetArrayLength());
        Assert.Equal(3, Run("check", _folder.Write("text.onnx", "no model")).Code);
    }

    [Fact]
    public void DiffSaysWhatChanged()
    {
        string a = _folder.File("a.edge");
        string b = _folder.File("b.edge");
        Assert.Equal(0, Run("pack", _model, "--precision", "fp32", "-o", a).Code);
        Assert.Equal(0, Run("pack", _model, "--calibration", "random", "-o", b).Code);
        Assert.True(Json("modelpacker.diff", "diff", a, a, "--json").GetProperty("identical").GetBoolean());
        JsonElement diff = Json("modelpacker.diff", "diff", a, b, "--json");
        Assert.False(diff.GetProperty("identical").GetBoolean());
        Assert.Contains(diff.GetProperty("changes").EnumerateArray(), c => c.GetProperty("what").GetString() == "precision");
    }

    [Fact]
    public void ListsOperators()
    {
        JsonElement list = Json("modelpacker.list-ops", "list-ops", "--json");
        Assert.Contains(list.GetProperty("operators").EnumerateArray(), o => o.GetProperty("name").GetString() == "Conv" && o.GetProperty("supported").GetBoolean());
    }

    [Fact]
    public void DumpsAStageToStdout()
    {
        (int code, string output, _) = Run("pack", _model, "--precision", "fp32", "--dump-stage", "lower", "-o", _folder.File("x.edge"));
        Assert.Equal(0, code);
        Assert.Contains("Convolution", output);
    }

    [Theory]
    [InlineData(2, "nosuch")]
    [InlineData(2, "pack", "MODEL")]
    [InlineData(2, "pack", "MODEL", "-o", "OUT")]
    [InlineData(2, "pack", "nosuch.onnx", "--precision", "fp32", "-o", "OUT")]
    [InlineData(2, "pack", "MODEL", "--precision", "int4", "-o", "OUT")]
    [InlineData(2, "pack", "MODEL", "--precision", "fp32", "-o", "OUT/deeper/x.edge")]
    [InlineData(2, "pack", "MODEL", "--calibration", "nosuch", "-o", "OUT")]
    [InlineData(2, "pack", "MODEL", "--calibration", "random", "--limit", "-1", "-o", "OUT")]
    [InlineData(2, "pack", "MODEL", "--precision", "fp32", "--dump-stage", "lower", "--json", "-o", "OUT")]
    [InlineData(3, "pack", "MODEL", "--calibration", "random", "--keep-float", "nosuch", "-o", "OUT")]
    [InlineData(2, "eval", "MODEL", "--images", "nosuch")]
    [InlineData(2, "eval", "MODEL", "--images", "PICTURES", "--point", "fast")]
    [InlineData(3, "inspect", "SIDECAR")]
    [InlineData(2, "report", "nosuch.edge")]
    public void ErrorsAreOneLineWithTheRightCode(int expected, params string[] args)
    {
        args = [.. args.Select(a => a.Replace("MODEL", _model).Replace("OUT", _folder.File("out.edge")).Replace("PICTURES", Pictures).Replace("SIDECAR", _folder.File("net.json")))];
        (int code, string output, string error) = Run(args);
        Assert.Equal(expected, code);
        Assert.Contains("error: ", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(output);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Theory]
    [InlineData("pack", "MODEL", "--precision", "fp32", "-o", "MODEL")]
    [InlineData("pack", "MODEL", "--precision", "fp32", "-o", "SIDECAR")]
    [InlineData("tune", "MODEL", "--data", "PICTURES", "-o", "PICTURES/0/0.ppm")]
    [InlineData("baseline", "MODEL", "--kind", "smaller-input", "--share", "0.5", "--calibration", "PICTURES", "-o", "MODEL")]
    [InlineData("cascade", "BUNDLE", "--data", "PICTURES", "-o", "MODEL")]
    [InlineData("finetune", "BUNDLE", "--data", "PICTURES", "-o", "MODEL")]
    [InlineData("finetune", "BUNDLE", "--data", "PICTURES", "--teacher", "BUNDLE", "-o", "BUNDLE")]
    [InlineData("report", "BUNDLE", "-o", "BUNDLE")]
    [InlineData("pack", "MODEL", "--precision", "fp32", "-o", "PICTURES")]
    [InlineData("pack", "MODEL", "--precision", "fp32", "-o", "/dev/null")]
    public void WhatIsThereIsNotReplacedByAnotherKindOfFile(params string[] args)
    {
        string bundle = _folder.File("net.edge");
        Json("modelpacker.pack", "pack", _model, "--precision", "fp32", "-o", bundle, "--json");
        Dictionary<string, byte[]> before = Contents();
        args = [.. args.Select(a => a.Replace("MODEL", _model).Replace("BUNDLE", bundle).Replace("PICTURES", Pictures).Replace("SIDECAR", _folder.File("net.json")))];
        (int code, string output, string error) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Matches("'-o'", error);
        Assert.Contains(args[^1], error);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void ABundleAndAnEmptyFileAreReplaced()
    {
        string bundle = _folder.File("net.edge");
        File.WriteAllBytes(bundle, []);
        Json("modelpacker.pack", "pack", _model, "--calibration", Pictures, "-o", bundle, "--json");
        byte[] quantized = File.ReadAllBytes(bundle);
        Json("modelpacker.pack", "pack", _model, "--precision", "fp32", "-o", bundle, "--json");
        Assert.NotEqual(quantized, File.ReadAllBytes(bundle));

        // Of another version, or damaged behind its first bytes, it is a bundle still.
        File.WriteAllBytes(bundle, quantized[..20]);
        Json("modelpacker.pack", "pack", _model, "--calibration", Pictures, "-o", bundle, "--json");
        Assert.Equal(quantized, File.ReadAllBytes(bundle));
    }

    [Fact]
    public void HelpBeginsWithExamples()
    {
        foreach (string verb in (string[])["pack", "eval", "check", "inspect", "report", "list-ops", "diff"])
        {
            (int code, string output, _) = Run(verb, "--help");
            Assert.Equal(0, code);
            Assert.StartsWith("Examples:", output);
            Assert.Contains($"modelpacker {verb}", output);
        }
    }

    [Fact]
    public void InterruptedWorkEndsWith130AndLeavesNothing()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        StringWriter error = new();
        int code = PackerCommandLine.Run(["pack", _model, "--calibration", Pictures, "-o", _folder.File("net.edge")], new Terminal(new StringWriter(), error, false), source.Token);
        Assert.Equal(130, code);
        Assert.Contains("error: interrupted", error.ToString());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.edge*"));
    }

    private Dictionary<string, byte[]> Contents()
        => Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllBytes);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = PackerCommandLine.Run(args, new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static JsonElement Json(string schema, params string[] args)
    {
        (int code, string output, string error) = Run(args);
        Assert.True(code == 0, error);
        JsonElement root = JsonDocument.Parse(output).RootElement;
        Assert.Equal(schema, root.GetProperty("schema").GetString());
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        return root;
    }
}
