using System.Text.Json;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;
using Google.Protobuf;
using ModelPacker.Import.Onnx.Proto;

namespace EndToEnd.Tests;

/// <summary>The command line of the published modelpacker as callers rely on it.</summary>
public sealed class PackerContractTests
{
    private static string Out => Path.Combine(Workshop.Folder, "never.edge");

    [FactWith(Need.Programs)]
    public void PackTellsSizesAndWorstLayers()
    {
        string bundle = Path.Combine(Workshop.Folder, "pack-contract.edge");
        Outcome outcome = Programs.Modelpacker("pack", Workshop.DemoModel, "--calibration", Workshop.PartPictures(80, 13), "-o", bundle, "--json");
        JsonElement pack = outcome.Json("modelpacker.pack");
        Assert.Equal(new FileInfo(bundle).Length, pack.GetProperty("file_bytes").GetInt64());
        Assert.Equal("int8", pack.GetProperty("precision").GetString());
        foreach (string name in (string[])["activation_bytes", "peak_bytes", "macs", "steps"])
        {
            Assert.True(pack.GetProperty(name).GetDouble() > 0, name);
        }

        double[] sqnr = [.. pack.GetProperty("worst_layers").EnumerateArray().Select(l => l.GetProperty("sqnr").GetDouble())];
        Assert.NotEmpty(sqnr);
        Assert.Equal(sqnr.Order(), sqnr);
    }

    [FactWith(Need.Programs)]
    public void LayersThatStayInFloatAreNamed()
    {
        JsonElement report = Programs.Modelpacker("report", Workshop.DemoBundle, "--json").Json("modelpacker.report");
        string layer = report.GetProperty("layers").EnumerateArray().First(l => l.GetProperty("kind").GetString() == "convolution").GetProperty("name").GetString()!;
        string kept = Path.Combine(Workshop.Folder, "kept.edge");
        Programs.Modelpacker("pack", Workshop.DemoModel, "--calibration", Workshop.PartPictures(80, 13), "--keep-float", layer, "-o", kept, "--json").Json("modelpacker.pack");
        JsonElement inspect = Programs.Modelpacker("inspect", kept, "--json").Json("modelpacker.inspect");
        JsonElement step = inspect.GetProperty("points")[0].GetProperty("layers").EnumerateArray().First(l => l.GetProperty("name").GetString() == layer);
        Assert.Equal("fp32", step.GetProperty("type").GetString());
        Assert.True(Programs.Edgert("verify", kept, "--json").Json("edgert.verify").GetProperty("ok").GetBoolean());
    }

    [FactWith(Need.Programs)]
    public void PointsAreFoundTrainedRunAndShown()
    {
        string bundle = Path.Combine(Workshop.Folder, "trained.edge");
        string pictures = Workshop.PartPictures(80, 13);
        JsonElement tune = Programs.Modelpacker("tune", Workshop.DemoModel, "--data", pictures, "--objective", "macs", "--mask", "iterative-impact", "--points", "1.5x", "--finetune", "--epochs", "1",
            "--json", "-o", bundle).Json("modelpacker.tune");
        JsonElement trained = tune.GetProperty("finetune").GetProperty("points")[1];
        Assert.True(trained.GetProperty("after").GetProperty("loss").GetDouble() <= trained.GetProperty("before").GetProperty("loss").GetDouble());
        Assert.True(Programs.Edgert("verify", bundle, "--json").Json("edgert.verify").GetProperty("ok").GetBoolean());

        JsonElement masks = Programs.Modelpacker("inspect", bundle, "--masks").Json("modelpacker.masks");
        string[] masked = [.. masks.GetProperty("points")[1].GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("layer").GetString()!)];
        Assert.NotEmpty(masked);
        string maps = Path.Combine(Workshop.Folder, "maps");
        JsonElement impact = Programs.Modelpacker("impact", bundle, "--data", pictures, "--point", "1.5x", "--json", "-o", maps).Json("modelpacker.impact");
        Assert.Subset(impact.GetProperty("layers").EnumerateArray().Select(l => l.GetProperty("name").GetString()!).ToHashSet(), masked.ToHashSet());
        Assert.All(impact.GetProperty("layers").EnumerateArray(), l => Assert.True(File.Exists(Path.Combine(maps, l.GetProperty("picture").GetString()!))));
    }

    [FactWith(Need.Programs)]
    public void UnsupportedNodesAreListedAllAtOnce()
    {
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "odd" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        model.Graph.Input.Add(Image("x"));
        model.Graph.Node.Add(Node("first", "NoSuchOp", "x", "a"));
        model.Graph.Node.Add(Node("second", "Relu", "a", "b"));
        model.Graph.Node.Add(Node("third", "NoOtherOp", "b", "y"));
        model.Graph.Output.Add(Image("y"));
        string path = Path.Combine(Workshop.Folder, "odd.onnx");
        File.WriteAllBytes(path, model.ToByteArray());

        Outcome pack = Programs.Modelpacker("pack", path, "--precision", "fp32", "-o", Out);
        pack.IsError(3, "first");
        Assert.Contains("NoSuchOp", pack.Messages, StringComparison.Ordinal);
        Assert.Contains("third", pack.Messages, StringComparison.Ordinal);
        Assert.Contains("NoOtherOp", pack.Messages, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));

        Outcome check = Programs.Modelpacker("check", path, "--json");
        Assert.Equal(3, check.Code);
        JsonElement document = check.Document("modelpacker.check");
        Assert.False(document.GetProperty("ok").GetBoolean());
        Assert.Equal(["NoSuchOp", "NoOtherOp"], document.GetProperty("unsupported").EnumerateArray().Select(n => n.GetProperty("operator").GetString()!.Split('.')[^1]));
        Assert.True(Programs.Modelpacker("check", Workshop.DemoModel, "--json").Json("modelpacker.check").GetProperty("ok").GetBoolean());
    }

    [TheoryWith(Need.Programs)]
    [InlineData(2, "nosuch", "nosuch")]
    [InlineData(2, "--nosuch", "pack", "MODEL", "--nosuch", "-o", "OUT")]
    [InlineData(2, "--calibration", "pack", "MODEL", "-o", "OUT")]
    [InlineData(2, "nosuch.onnx", "pack", "nosuch.onnx", "--precision", "fp32", "-o", "OUT")]
    [InlineData(2, "nosuch.tar", "pack", "MODEL", "--calibration", "nosuch.tar", "-o", "OUT")]
    [InlineData(2, "nosuch.json", "pack", "MODEL", "--precision", "fp32", "--input-spec", "nosuch.json", "-o", "OUT")]
    [InlineData(2, "holds no pictures", "pack", "MODEL", "--calibration", "EMPTY", "-o", "OUT")]
    [InlineData(2, "a.png", "pack", "MODEL", "--calibration", "TEXT", "-o", "OUT")]
    [InlineData(2, "a.png", "eval", "BUNDLE", "--images", "TEXT")]
    [InlineData(2, "dense", "eval", "BUNDLE", "--images", "PICTURES", "--point", "nosuch")]
    [InlineData(2, "nosuch.csv", "eval", "BUNDLE", "--images", "PICTURES", "--labels", "nosuch.csv")]
    [InlineData(3, "onnx", "check", "NOMODEL")]
    [InlineData(3, "cut short", "inspect", "TRUNCATED")]
    [InlineData(3, "cut short", "eval", "TRUNCATED", "--images", "PICTURES")]
    [InlineData(2, "nosuch.edge", "report", "nosuch.edge")]
    public void ErrorsSayWhatIsWrong(int code, string text, params string[] line)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Workshop.Folder, $"errors-{Guid.NewGuid():n}")).FullName;
        string empty = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;
        string textual = Directory.CreateDirectory(Path.Combine(folder, "text")).FullName;
        File.WriteAllText(Path.Combine(textual, "a.png"), "no picture");
        string noModel = Path.Combine(folder, "no-model.onnx");
        File.WriteAllText(noModel, "no model");
        string truncated = Path.Combine(folder, "truncated.edge");
        File.WriteAllBytes(truncated, File.ReadAllBytes(Workshop.DemoBundle)[..5000]);
        Dictionary<string, string> words = new()
        {
            ["MODEL"] = Workshop.DemoModel,
            ["BUNDLE"] = Workshop.DemoBundle,
            ["OUT"] = Out,
            ["PICTURES"] = Workshop.PartPictures(80, 13),
            ["EMPTY"] = empty,
            ["TEXT"] = textual,
            ["NOMODEL"] = noModel,
            ["TRUNCATED"] = truncated,
        };
        Programs.Modelpacker([.. line.Select(w => words.GetValueOrDefault(w, w))]).IsError(code, text);
        Assert.False(File.Exists(Out));
    }

    [FactWith(Need.Programs)]
    public void ListsOperators()
    {
        JsonElement[] operators = [.. Programs.Modelpacker("list-ops", "--json").Json("modelpacker.list-ops").GetProperty("operators").EnumerateArray()];
        string[] supported = [.. operators.Where(o => o.GetProperty("supported").GetBoolean()).Select(o => o.GetProperty("name").GetString()!)];
        foreach (string name in (string[])["Conv", "ConvTranspose", "Gemm", "MatMul", "MaxPool", "AveragePool", "BatchNormalization", "LRN", "Concat", "Resize", "QLinearConv", "DequantizeLinear"])
        {
            Assert.Contains(name, supported);
        }
    }

    [FactWith(Need.Programs)]
    public void AnInterruptionEndsWith130AndLeavesNothing()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Workshop.Folder, "interrupted")).FullName;
        Programs.Interrupted(Programs.Tool("modelpacker"), "pack", Workshop.DemoModel, "--calibration", Workshop.ManyPartPictures, "-o", Path.Combine(folder, "net.edge"))
            .IsError(130, "interrupted");
        Assert.Empty(Directory.GetFileSystemEntries(folder));
    }

    private static NodeProto Node(string name, string op, string input, string output)
    {
        NodeProto node = new() { Name = name, OpType = op };
        node.Input.Add(input);
        node.Output.Add(output);
        return node;
    }

    private static ValueInfoProto Image(string name)
    {
        TensorShapeProto shape = new();
        foreach (int dim in (int[])[1, 3, 8, 8])
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = dim });
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }
}
