using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using Google.Protobuf;
using ModelPacker.Commands;
using ModelPacker.Gradients;
using ModelPacker.Report;

namespace ModelPacker.Tests.Finetune;

/// <summary><c>modelpacker finetune</c> from end to end on a small network.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class FinetuneCommandTests(TunedNetwork network) : IDisposable
{
    private const int HeldBack = 10;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePerforatedPointLearnsAndTheRuntimeAnswersAsReported()
    {
        JsonElement report = Train("out.edge", "--point", "2x", "--epochs", "8");
        Assert.True(report.GetProperty("labelled").GetBoolean());
        Assert.False(report.GetProperty("distilled").GetBoolean());
        JsonElement point = report.GetProperty("points")[1];
        Assert.True(point.GetProperty("trained").GetBoolean());
        Assert.False(report.GetProperty("points")[0].GetProperty("trained").GetBoolean());
        double before = point.GetProperty("before").GetProperty("loss").GetDouble();
        double after = point.GetProperty("after").GetProperty("loss").GetDouble();
        Assert.True(after < 0.6 * before, $"{before} → {after}");
        Assert.True(point.GetProperty("after").GetProperty("top1").GetDouble() > point.GetProperty("before").GetProperty("top1").GetDouble());

        // The best epoch is the one whose weights were written.
        int best = report.GetProperty("best_epoch").GetInt32();
        Assert.Equal(report.GetProperty("epochs").EnumerateArray().Min(e => e.GetProperty("held_back_loss").GetDouble()), report.GetProperty("epochs")[best - 1].GetProperty("held_back_loss").GetDouble());
        Assert.Equal(after, report.GetProperty("epochs")[best - 1].GetProperty("held_back_loss").GetDouble());

        // 'eval' on the pictures held back, with the file that was written.
        string[] all = [.. Directory.GetFiles(network.Pictures, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        string[] held = [.. all.Where((_, i) => i % HeldBack == HeldBack - 1)];
        string labels = _folder.Write("labels.csv", string.Join('\n', held.Select(f => $"{Path.GetFileName(f)},{Path.GetFileName(Path.GetDirectoryName(f))}")));
        foreach (string file in held)
        {
            Directory.CreateDirectory(_folder.File("held"));
            File.Copy(file, _folder.File("held", Path.GetFileName(file)));
        }

        JsonElement eval = Json("eval", _folder.File("out.edge"), "--images", _folder.File("held"), "--labels", labels, "--point", "2x", "--json");
        Assert.Equal(point.GetProperty("after").GetProperty("top1").GetDouble(), eval.GetProperty("top1").GetDouble(), 9);
        Assert.Equal(after, eval.GetProperty("loss").GetDouble(), 6);
    }

    [Fact]
    public void WhatWasWrittenIsConsistent()
    {
        JsonElement report = Train("out.edge", "--joint", "--epochs", "4");
        using Bundle source = BundleReader.Open(network.Bundle);
        using Bundle bundle = BundleReader.Open(_folder.File("out.edge"));
        Assert.Equal(source.Maps, bundle.Maps);
        Assert.Equal(source.Points.Select(p => p.Name), bundle.Points.Select(p => p.Name));
        Assert.Equal(BundleReader.ReadExtra(network.Bundle, "perforation"), BundleReader.ReadExtra(_folder.File("out.edge"), "perforation"));

        // The search says that it ran before the training, and what it is to be compared with.
        SearchTrace before = SearchTrace.Read(network.Bundle)!;
        SearchTrace search = SearchTrace.Read(_folder.File("out.edge"))!;
        Assert.Null(before.BeforeTraining);
        Assert.Equal(new PointFigures(source.Points[0].Figures["loss"], source.Points[0].Figures["top1"]), search.BeforeTraining);
        Assert.Equal(before.Path, search.Path);

        using EdgeModel model = EdgeModel.Load(_folder.File("out.edge"));
        using Session session = model.CreateSession();
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            OperatingPoint point = bundle.Points[i];
            JsonElement after = report.GetProperty("points")[i].GetProperty("after");
            Assert.Equal(after.GetProperty("loss").GetDouble(), point.Figures["loss"]);
            Assert.Equal(after.GetProperty("top1").GetDouble(), point.Figures["top1"]);
            Assert.Equal(12, point.Figures["n"]);
            Assert.DoesNotContain(point.Figures.Keys, k => k.StartsWith("sqnr:", StringComparison.Ordinal));
            Assert.NotEqual(source.Points[i].GoldenHash, point.GoldenHash);
            session.Point = i;
            session.SetGoldenInput();
            session.Run();
            Assert.Equal(session.HashOutputs(), point.GoldenHash);
            Assert.True(after.GetProperty("loss").GetDouble() < report.GetProperty("points")[i].GetProperty("before").GetProperty("loss").GetDouble());
        }
    }

    [Fact]
    public void EveryBatchAtEveryPointTrainsThemAll()
    {
        JsonElement report = Train("every.edge", "--epochs", "4", "--every-point");
        Train("drawn.edge", "--epochs", "4");
        Assert.NotEqual(File.ReadAllBytes(_folder.File("drawn.edge")), File.ReadAllBytes(_folder.File("every.edge")));
        Assert.All(report.GetProperty("points").EnumerateArray(), p =>
        {
            Assert.True(p.GetProperty("trained").GetBoolean());
            Assert.True(p.GetProperty("after").GetProperty("loss").GetDouble() < 0.7 * p.GetProperty("before").GetProperty("loss").GetDouble(), p.ToString());
        });

        // Of all answers of an epoch, at every point.
        Assert.All(report.GetProperty("epochs").EnumerateArray(), e => Assert.InRange(e.GetProperty("top1").GetDouble(), 10, 100));
        Assert.True(report.GetProperty("epochs")[3].GetProperty("top1").GetDouble() > report.GetProperty("epochs")[0].GetProperty("top1").GetDouble());
    }

    [Fact]
    public void APointLearnsWithBatchNormalisation()
    {
        JsonElement report = Train("out.edge", "--point", "2x", "--epochs", "8", "--batch-norm");
        Train("plain.edge", "--point", "2x", "--epochs", "8");
        Assert.NotEqual(File.ReadAllBytes(_folder.File("plain.edge")), File.ReadAllBytes(_folder.File("out.edge")));

        // Judged as the runtime would run it, folded.
        JsonElement point = report.GetProperty("points")[1];
        double before = point.GetProperty("before").GetProperty("loss").GetDouble();
        double after = point.GetProperty("after").GetProperty("loss").GetDouble();
        Assert.True(after < 0.6 * before, $"{before} → {after}");
        Assert.Equal(after, report.GetProperty("epochs").EnumerateArray().Min(e => e.GetProperty("held_back_loss").GetDouble()));
    }

    [Fact]
    public void PicturesWithoutLabelsTeachTheDenseAnswers()
    {
        // A dense network that is sure of its answers, and a point that its new weights do not fit.
        Train("dense.edge", "--point", "dense", "--epochs", "6");
        JsonElement report = Json("finetune", _folder.File("dense.edge"), "--data", network.PlainPictures, "--point", "2x", "--epochs", "6", "--learning-rate", "0.01", "--batch", "16", "--json", "-o", _folder.File("out.edge"));
        Assert.False(report.GetProperty("labelled").GetBoolean());
        Assert.True(report.GetProperty("distilled").GetBoolean());
        JsonElement point = report.GetProperty("points")[1];
        Assert.True(point.GetProperty("after").GetProperty("loss").GetDouble() < 0.8 * point.GetProperty("before").GetProperty("loss").GetDouble(), point.ToString());
    }

    [Fact]
    public void AnotherNetworkTeachesBesideTheLabelsOrAlone()
    {
        Train("teacher.edge", "--point", "dense", "--epochs", "6");
        string teacher = _folder.File("teacher.edge");
        JsonElement beside = Train("beside.edge", "--point", "2x", "--epochs", "3", "--teacher", teacher);
        Assert.False(beside.GetProperty("distilled").GetBoolean());
        Assert.Equal("net", beside.GetProperty("teacher").GetString());
        JsonElement point = beside.GetProperty("points")[1];
        Assert.True(point.GetProperty("after").GetProperty("loss").GetDouble() < 0.8 * point.GetProperty("before").GetProperty("loss").GetDouble(), point.ToString());

        // What is taught, hence what is learned, is neither the labels' nor what its own dense point would teach.
        Train("labels.edge", "--point", "2x", "--epochs", "3");
        Assert.NotEqual(File.ReadAllBytes(_folder.File("labels.edge")), File.ReadAllBytes(_folder.File("beside.edge")));
        JsonElement alone = Json("finetune", network.Bundle, "--data", network.PlainPictures, "--point", "dense", "--epochs", "3", "--learning-rate", "0.02", "--batch", "16", "--teacher", teacher, "--json", "-o", _folder.File("alone.edge"));
        Assert.True(alone.GetProperty("distilled").GetBoolean());
        JsonElement dense = alone.GetProperty("points")[0];
        Assert.True(dense.GetProperty("after").GetProperty("loss").GetDouble() < 0.5 * dense.GetProperty("before").GetProperty("loss").GetDouble(), dense.ToString());

        // The teacher's own answers are no distance from themselves.
        JsonElement self = Json("finetune", teacher, "--data", network.PlainPictures, "--point", "2x", "--epochs", "1", "--teacher", teacher, "--json", "-o", _folder.File("self.edge"));
        Assert.Equal(0, self.GetProperty("points")[0].GetProperty("before").GetProperty("loss").GetDouble(), 9);
    }

    [Fact]
    public void ATeacherOfOtherPicturesIsRefused()
    {
        string spec = _folder.Write("bright.json", File.ReadAllText(network.Folder.File("net.json")).Replace("\"scale\"", "\"scale\": 0.5, \"was\"", StringComparison.Ordinal));
        (int code, _, string error) = TunedNetwork.Run("finetune", network.Bundle, "--input-spec", spec, "--data", network.Pictures, "--point", "2x", "--teacher", network.Bundle, "-o", _folder.File("out.edge"));
        Assert.Equal(2, code);
        Assert.Contains("prepared in another way", error);
    }

    [Fact]
    public void ATeacherOfOtherClassesIsRefused()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 16, 16).Weights("v", 5, 3)
            .Node("AveragePool", "x", "g", ("kernel_shape", new[] { 16, 16 })).Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(_folder.File("five.onnx"), builder.Model.ToByteArray());
        _folder.Write("five.json", File.ReadAllText(network.Folder.File("net.json")).Replace("\"classes\": 4", "\"classes\": 5", StringComparison.Ordinal));
        (int packed, _, string why) = TunedNetwork.Run("pack", _folder.File("five.onnx"), "--precision", "fp32", "-o", _folder.File("five.edge"));
        Assert.True(packed == 0, why);
        (int code, _, string error) = TunedNetwork.Run("finetune", network.Bundle, "--data", network.Pictures, "--point", "2x", "--teacher", _folder.File("five.edge"), "-o", _folder.File("out.edge"));
        Assert.Equal(2, code);
        Assert.Contains("[1, 5]", error);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Fact]
    public void NetworksWithoutClassesAreTaughtTheirDenseNumbers()
    {
        Train("dense.edge", "--point", "dense", "--epochs", "6");
        string spec = _folder.Write("other.json", File.ReadAllText(network.Folder.File("net.json")).Replace("classification", "other", StringComparison.Ordinal));
        JsonElement report = Json("finetune", _folder.File("dense.edge"), "--input-spec", spec, "--data", network.Pictures, "--point", "2x", "--epochs", "6", "--learning-rate", "0.01", "--batch", "16",
            "--json", "-o", _folder.File("out.edge"));
        Assert.True(report.GetProperty("distilled").GetBoolean());
        JsonElement point = report.GetProperty("points")[1];
        Assert.Equal(JsonValueKind.Null, point.GetProperty("after").GetProperty("top1").ValueKind);
        Assert.True(point.GetProperty("after").GetProperty("loss").GetDouble() < 0.8 * point.GetProperty("before").GetProperty("loss").GetDouble(), point.ToString());
    }

    [Fact]
    public void LayersInFloatAreTrainedToo()
    {
        string mixed = _folder.File("mixed.edge");
        string tuned = _folder.File("tuned.edge");
        Assert.Equal(0, TunedNetwork.Run("pack", network.Folder.File("net.onnx"), "--calibration", network.Pictures, "--keep-float", "d", "-o", mixed).Code);
        Assert.Equal(0, TunedNetwork.Run("tune", mixed, "--data", network.Pictures, "--objective", "macs", "--points", "2x", "--mask", "grid", "-o", tuned).Code);
        JsonElement report = Json("finetune", tuned, "--data", network.Pictures, "--joint", "--epochs", "4", "--learning-rate", "0.02", "--batch", "16", "--json", "-o", _folder.File("out.edge"));
        Assert.All(report.GetProperty("points").EnumerateArray(), p
            => Assert.True(p.GetProperty("after").GetProperty("loss").GetDouble() < p.GetProperty("before").GetProperty("loss").GetDouble()));
        using Bundle before = BundleReader.Open(tuned);
        using Bundle after = BundleReader.Open(_folder.File("out.edge"));
        ConvolutionStep exact = after.Steps.OfType<ConvolutionStep>().First(s => s.Scales < 0);
        Assert.Equal(ElementType.F32, after.Blobs[exact.Weights].Type);
        ConvolutionStep was = before.Steps.OfType<ConvolutionStep>().First(s => s.Scales < 0);
        Assert.NotEqual(BundleConstants.Read<float>(before, was.Weights), BundleConstants.Read<float>(after, exact.Weights));
    }

    [Fact]
    public void ASeedGivesTheSameBundleAndAnotherOneAnother()
    {
        Train("a.edge", "--epochs", "2");
        Train("b.edge", "--epochs", "2");
        Train("c.edge", "--epochs", "2", "--seed", "2");
        byte[] first = File.ReadAllBytes(_folder.File("a.edge"));
        Assert.Equal(first, File.ReadAllBytes(_folder.File("b.edge")));
        Assert.NotEqual(first, File.ReadAllBytes(_folder.File("c.edge")));
    }

    [Theory]
    [InlineData("--joint")]
    [InlineData("--point", "2x", "--batch-norm")]
    public void AnInterruptedTrainingGoesOnToTheSameBundle(params string[] how)
    {
        string[] options = ["--epochs", "4", .. how];
        Train("whole.edge", options);
        string checkpoint = Interrupt("parts.edge", "epoch 2/4", options);
        Train("parts.edge", [.. options, "--resume"]);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.edge")), File.ReadAllBytes(_folder.File("parts.edge")));
        Assert.False(File.Exists(checkpoint));
    }

    [Fact]
    public void ACheckpointOfAnotherTrainingOrADamagedOneIsRefused()
    {
        string checkpoint = Interrupt("out.edge", "epoch 1/3", "--epochs", "3");
        (int code, _, string error) = TunedNetwork.Run([.. Command("out.edge"), "--epochs", "3", "--seed", "5", "--resume"]);
        Assert.Equal(2, code);
        Assert.Contains("other options", error);
        Assert.True(File.Exists(checkpoint));

        byte[] bytes = File.ReadAllBytes(checkpoint);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(checkpoint, bytes);
        (code, _, error) = TunedNetwork.Run([.. Command("out.edge"), "--epochs", "3", "--resume"]);
        Assert.Equal(2, code);
        Assert.Contains("'--resume'", error);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Fact]
    public void DivergenceKeepsTheBestWeights()
    {
        JsonElement report = Json("finetune", network.Bundle, "--data", network.Pictures, "--epochs", "3", "--learning-rate", "100", "--json", "-o", _folder.File("out.edge"));
        Assert.Equal(0, report.GetProperty("best_epoch").GetInt32());
        Assert.Contains("diverged in epoch 1 of 3", report.GetProperty("stopped").GetString());
        Assert.Contains("--learning-rate", report.GetProperty("warnings")[0].GetString());
        using Bundle source = BundleReader.Open(network.Bundle);
        using Bundle bundle = BundleReader.Open(_folder.File("out.edge"));
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            Assert.Equal(source.Points[i].GoldenHash, bundle.Points[i].GoldenHash);
            JsonElement point = report.GetProperty("points")[i];
            Assert.Equal(point.GetProperty("before").GetProperty("loss").GetDouble(), point.GetProperty("after").GetProperty("loss").GetDouble());
        }
    }

    [Fact]
    public void TrainingThatBringsNothingEndsEarly()
    {
        // Steps so small that no weight moves: half of the epochs goes by.
        JsonElement report = Json("finetune", network.Bundle, "--data", network.Pictures, "--epochs", "12", "--learning-rate", "1e-30", "--json", "-o", _folder.File("out.edge"));

        // New units may bring a little, once.
        int best = report.GetProperty("best_epoch").GetInt32();
        Assert.InRange(best, 0, 1);
        Assert.Equal(best + 6, report.GetProperty("epochs").GetArrayLength());
        Assert.StartsWith("No epoch", report.GetProperty("stopped").GetString());
    }

    [Theory]
    [InlineData("no such point", "--point", "5x")]
    [InlineData("joint and point", "--point", "2x", "--joint")]
    [InlineData("every point and one point", "--point", "2x", "--every-point")]
    [InlineData("dense from itself", "--point", "dense", "--distill")]
    [InlineData("several points normalised", "--batch-norm")]
    [InlineData("too few to normalise over", "--batch-norm", "--point", "2x", "--batch", "7")]
    [InlineData("no epochs", "--epochs", "0")]
    [InlineData("no batch", "--batch", "0")]
    [InlineData("rate of nothing", "--learning-rate", "0")]
    [InlineData("rate is no number", "--learning-rate", "NaN")]
    [InlineData("too few pictures", "--limit", "15")]
    [InlineData("no labels", "--labels", "nosuch.csv")]
    [InlineData("no teacher", "--teacher", "nosuch.edge")]
    public void NonsenseIsAnErrorOfUse(string what, params string[] options)
    {
        (int code, string output, string error) = TunedNetwork.Run(["finetune", network.Bundle, "--data", network.Pictures, "-o", _folder.File("out.edge"), .. options]);
        Assert.True(code == 2, $"{what}: {code} {error}");
        Assert.StartsWith("error: ", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(output);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    [Theory]
    [InlineData("net.onnx", "modelpacker tune")]
    [InlineData("nosuch.edge", "There is no file")]
    public void OnlyBundlesAreTrained(string name, string message)
    {
        (int code, _, string error) = TunedNetwork.Run("finetune", network.Folder.File(name), "--data", network.Pictures, "-o", _folder.File("out.edge"));
        Assert.Equal(2, code);
        Assert.Contains(message, error);
    }

    private string[] Command(string output)
        => ["finetune", network.Bundle, "--data", network.Pictures, "--learning-rate", "0.02", "--batch", "16", "--threads", "2", "-o", _folder.File(output)];

    private JsonElement Train(string output, params string[] options) => Json([.. Command(output), .. options, "--json"]);

    // Stops in the epoch after the one that ends with this line.
    private string Interrupt(string output, string line, params string[] options)
    {
        using CancellationTokenSource source = new();
        int code = PackerCommandLine.Run([.. Command(output), .. options, "--verbose"], new Terminal(new StringWriter(), new Interrupter(line, source), false), source.Token);
        Assert.Equal(130, code);
        Assert.False(File.Exists(_folder.File(output)));
        Assert.True(File.Exists(_folder.File(output) + ".finetune"));
        return _folder.File(output) + ".finetune";
    }

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
