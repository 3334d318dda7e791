using System.Text.Json;
using Google.Protobuf;
using ModelPacker.Commands;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Train;

/// <summary><c>modelpacker train</c> from end to end on a small network.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class TrainCommandTests(TunedNetwork network) : IDisposable
{
    private const int HeldBack = 10;

    private readonly TestFolder _folder = new();

    private string Model => network.Folder.File("net.onnx");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ANetworkLearnsFromScratchAndTheFileAnswersAsReported()
    {
        JsonElement report = Train("out.onnx", "--init", "--epochs", "30");
        Assert.Equal("modelpacker.train", report.GetProperty("schema").GetString());
        double after = report.GetProperty("after").GetProperty("top1").GetDouble();
        Assert.True(after >= 90, report.ToString());
        Assert.Equal(12, report.GetProperty("after").GetProperty("n").GetInt32());
        int best = report.GetProperty("best_epoch").GetInt32();
        Assert.Equal(report.GetProperty("after").GetProperty("loss").GetDouble(), report.GetProperty("epochs")[best - 1].GetProperty("held_back_loss").GetDouble());

        // ONNX Runtime, on the pictures held back.
        string[] all = [.. Directory.GetFiles(network.Pictures, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] held = [.. all.Where((_, i) => i % HeldBack == HeldBack - 1)];
        foreach (string file in held)
        {
            Directory.CreateDirectory(_folder.File("held"));
            File.Copy(file, _folder.File("held", Path.GetFileName(file)));
        }

        string labels = _folder.Write("labels.csv", string.Join('\n', held.Select(f => $"{Path.GetFileName(f)},{Path.GetFileName(Path.GetDirectoryName(f))}")));
        JsonElement eval = Json("eval", _folder.File("out.onnx"), "--images", _folder.File("held"), "--labels", labels, "--json");
        Assert.Equal(after, eval.GetProperty("top1").GetDouble(), 9);
        Assert.Equal(report.GetProperty("after").GetProperty("loss").GetDouble(), eval.GetProperty("loss").GetDouble(), 4);
    }

    [Fact]
    public void ANetworkCanLearnWithoutBatchNormalisation()
    {
        JsonElement report = Train("out.onnx", "--init", "--no-batch-norm", "--epochs", "30");
        Assert.True(report.GetProperty("after").GetProperty("top1").GetDouble() >= 90, report.ToString());
        Train("short.onnx", "--init", "--no-batch-norm", "--epochs", "1");
        Train("normal.onnx", "--init", "--epochs", "1");
        Assert.NotEqual(File.ReadAllBytes(_folder.File("short.onnx")), File.ReadAllBytes(_folder.File("normal.onnx")));
    }

    [Fact]
    public void TrainingGoesOnFromTheWeightsOfTheFile()
    {
        JsonElement first = Train("first.onnx", "--init", "--epochs", "4");
        JsonElement second = Json("train", _folder.File("first.onnx"), "--data", network.Pictures, "--epochs", "3", "--batch", "16", "--json", "-o", _folder.File("second.onnx"));
        Assert.Equal(first.GetProperty("after").GetProperty("loss").GetDouble(), second.GetProperty("before").GetProperty("loss").GetDouble());
        Assert.True(second.GetProperty("after").GetProperty("loss").GetDouble() < second.GetProperty("before").GetProperty("loss").GetDouble());
    }

    [Fact]
    public void TrainingGoesOnNormalisedFromTheWeightsOfTheFile()
    {
        JsonElement first = Train("first.onnx", "--init", "--epochs", "4");
        JsonElement On(string output, params string[] options)
            => Json(["train", _folder.File("first.onnx"), "--data", network.Pictures, "--epochs", "3", "--batch", "16", .. options, "--json", "-o", _folder.File(output)]);
        JsonElement normalised = On("normalised.onnx", "--batch-norm");
        On("plain.onnx");
        (JsonElement before, JsonElement after) = (normalised.GetProperty("before"), normalised.GetProperty("after"));
        Assert.Equal(first.GetProperty("after").GetProperty("loss").GetDouble(), before.GetProperty("loss").GetDouble());
        Assert.True(after.GetProperty("loss").GetDouble() < before.GetProperty("loss").GetDouble(), normalised.ToString());
        Assert.True(after.GetProperty("top1").GetDouble() >= before.GetProperty("top1").GetDouble(), normalised.ToString());
        Assert.NotEqual(File.ReadAllBytes(_folder.File("plain.onnx")), File.ReadAllBytes(_folder.File("normalised.onnx")));
    }

    [Fact]
    public void ADescriptionThatIsThereStays()
    {
        string sidecar = _folder.Write("out.json", "mine");
        Train("out.onnx", "--epochs", "1");
        Assert.Equal("mine", File.ReadAllText(sidecar));
    }

    [Fact]
    public void ASeedGivesTheSameFileAndAnotherOneAnother()
    {
        Train("a.onnx", "--init", "--epochs", "2");
        Train("b.onnx", "--init", "--epochs", "2");
        Train("c.onnx", "--init", "--epochs", "2", "--seed", "2");
        byte[] first = File.ReadAllBytes(_folder.File("a.onnx"));
        Assert.Equal(first, File.ReadAllBytes(_folder.File("b.onnx")));
        Assert.NotEqual(first, File.ReadAllBytes(_folder.File("c.onnx")));
    }

    [Theory]
    [InlineData("--init")]
    [InlineData("--batch-norm")]
    public void AnInterruptedTrainingGoesOnToTheSameFile(string how)
    {
        string[] options = [how, "--epochs", "4"];
        Train("whole.onnx", options);
        using CancellationTokenSource source = new();
        int code = PackerCommandLine.Run([.. Command("parts.onnx"), .. options, "--verbose"], new Terminal(new StringWriter(), new Interrupter("epoch 2/4", source), false), source.Token);
        Assert.Equal(130, code);
        Assert.False(File.Exists(_folder.File("parts.onnx")));
        Assert.True(File.Exists(_folder.File("parts.onnx.train")));
        (code, _, string error) = TunedNetwork.Run([.. Command("parts.onnx"), "--epochs", "4", "--resume"]);
        Assert.Equal(2, code);
        Assert.Contains("other options", error);
        Train("parts.onnx", [.. options, "--resume"]);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.onnx")), File.ReadAllBytes(_folder.File("parts.onnx")));
        Assert.False(File.Exists(_folder.File("parts.onnx.train")));
    }

    [Fact]
    public void DivergenceKeepsTheWeights()
    {
        JsonElement report = Json("train", Model, "--data", network.Pictures, "--epochs", "3", "--learning-rate", "100", "--json", "-o", _folder.File("out.onnx"));
        Assert.Equal(0, report.GetProperty("best_epoch").GetInt32());
        Assert.Contains("diverged in epoch 1 of 3", report.GetProperty("stopped").GetString());
        Assert.Equal(report.GetProperty("before").GetProperty("loss").GetDouble(), report.GetProperty("after").GetProperty("loss").GetDouble());
    }

    [Theory]
    [InlineData("has no label", "--data", "PLAIN")]
    [InlineData("--learning-rate", "--data", "DATA", "--learning-rate", "0")]
    [InlineData("--epochs", "--data", "DATA", "--epochs", "0")]
    [InlineData("too few for batch normalisation", "--data", "DATA", "--init", "--batch", "7")]
    [InlineData("too few for batch normalisation", "--data", "DATA", "--batch-norm", "--batch", "7")]
    [InlineData("opposites", "--data", "DATA", "--init", "--batch-norm", "--no-batch-norm")]
    [InlineData("too few", "--data", "DATA", "--limit", "15")]
    [InlineData("There is no folder or archive", "--data", "nosuch")]
    [InlineData("not that of a classifier", "--data", "DATA", "--input-spec", "OTHER")]
    public void NonsenseIsAnErrorOfUse(string message, params string[] options)
    {
        string other = _folder.Write("other.json", File.ReadAllText(network.Folder.File("net.json")).Replace("classification", "other", StringComparison.Ordinal));
        string[] args = [.. options.Select(o => o switch { "PLAIN" => network.PlainPictures, "DATA" => network.Pictures, "OTHER" => other, _ => o })];
        (int code, string output, string error) = TunedNetwork.Run(["train", Model, .. args, "-o", _folder.File("out.onnx")]);
        Assert.True(code == 2, $"{code} {error}");
        Assert.Contains(message, error);
        Assert.Empty(output);
        Assert.False(File.Exists(_folder.File("out.onnx")));
    }

    [Fact]
    public void FilesOfOtherKindsAreAnErrorOfUse()
    {
        Assert.Contains("modelpacker finetune", Error(2, network.Bundle, "out.onnx"));
        Assert.Contains("'", Error(2, Model, "out.edge"));
        Assert.Contains("There is no folder", Error(2, Model, "nosuch/out.onnx"));
    }

    [Fact]
    public void AModelWhoseWeightsCannotBePutBackIsABadModel()
    {
        string path = _folder.File("shared.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 16, 16).Weights("w", 3, 3, 3, 3).Weights("v", 4, 3)
            .Node("Conv", "x w", "c", ("pads", new[] { 1, 1, 1, 1 })).Node("Conv", "c w", "d", ("pads", new[] { 1, 1, 1, 1 }))
            .Node("GlobalAveragePool", "d", "g").Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(path, builder.Model.ToByteArray());
        File.Copy(network.Folder.File("net.json"), _folder.File("shared.json"));
        Assert.Contains("shares its weights", Error(3, path, "out.onnx"));
    }

    private string Error(int expected, string model, string output)
    {
        (int code, _, string error) = TunedNetwork.Run("train", model, "--data", network.Pictures, "-o", _folder.File(output));
        Assert.True(code == expected, $"{code} {error}");
        return error;
    }

    private string[] Command(string output) => ["train", Model, "--data", network.Pictures, "--learning-rate", "0.05", "--batch", "16", "--threads", "2", "-o", _folder.File(output)];

    private JsonElement Train(string output, params string[] options) => Json([.. Command(output), .. options, "--json"]);

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
