using System.Text.Json;
using EdgeRuntime.Bundles;
using ModelPacker.Commands;
using ModelPacker.Report;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Tune;

/// <summary><c>modelpacker tune --finetune</c> from end to end.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class TuneFinetuneTests(TunedNetwork network) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ThePointsFoundAreTrainedAndBothFiguresReported()
    {
        JsonElement report = Json(Command("out.edge", "--finetune", network.Pictures, "--epochs", "4"));
        JsonElement training = report.GetProperty("finetune");
        using Bundle bundle = BundleReader.Open(_folder.File("out.edge"));
        Assert.Equal(["dense", "1.5x", "2x"], bundle.Points.Select(p => p.Name));
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            JsonElement point = training.GetProperty("points")[i];
            Assert.True(point.GetProperty("trained").GetBoolean());
            Assert.True(point.GetProperty("after").GetProperty("loss").GetDouble() < point.GetProperty("before").GetProperty("loss").GetDouble());

            // All pictures, although the search saw but forty.
            Assert.Equal(12, point.GetProperty("after").GetProperty("n").GetInt32());
            Assert.Equal(point.GetProperty("after").GetProperty("loss").GetDouble(), bundle.Points[i].Figures["loss"]);
        }

        Assert.Equal(13, report.GetProperty("dense").GetProperty("n").GetInt32());
        SearchTrace search = SearchTrace.Read(_folder.File("out.edge"))!;
        Assert.Equal(new PointFigures(report.GetProperty("dense").GetProperty("loss").GetDouble(), report.GetProperty("dense").GetProperty("top1").GetDouble()), search.BeforeTraining);
        Assert.Equal(["out.edge"], Left());
    }

    [Fact]
    public void ItIsTuneAndFinetuneOneAfterTheOther()
    {
        Json(Command("both.edge", "--finetune", network.Pictures, "--epochs", "2", "--distill"));
        Json(Command("tuned.edge"));
        Json("finetune", _folder.File("tuned.edge"), "--data", network.Pictures, "--epochs", "2", "--distill", "--joint", "--threads", "2", "--json", "-o", _folder.File("apart.edge"));
        Assert.Equal(File.ReadAllBytes(_folder.File("apart.edge")), File.ReadAllBytes(_folder.File("both.edge")));
    }

    [Fact]
    public void WithoutOtherPicturesThoseOfTheSearchAreShown()
    {
        // '--epochs' alone asks for a training.
        JsonElement report = Json(Command("out.edge", "--epochs", "1"));
        Assert.Equal(4, report.GetProperty("finetune").GetProperty("points")[0].GetProperty("after").GetProperty("n").GetInt32());
        report = Json(Command("other.edge", "--finetune", network.PlainPictures, "--finetune-limit", "50", "--epochs", "1"));
        Assert.True(report.GetProperty("finetune").GetProperty("distilled").GetBoolean());
        Assert.Equal(5, report.GetProperty("finetune").GetProperty("points")[0].GetProperty("after").GetProperty("n").GetInt32());
        Assert.Equal(JsonValueKind.Null, Json(Command("plain.edge")).GetProperty("finetune").ValueKind);
    }

    [Fact]
    public void HeldBackPicturesAreSearchedWithAndTheWholeSetIsShown()
    {
        JsonElement report = Json(Command("out.edge", "--held-back", "--epochs", "1"));

        // Of 120 pictures a training holds 12 back, and the search 4 of these.
        Assert.Equal(4, report.GetProperty("dense").GetProperty("n").GetInt32());
        Assert.Equal(12, report.GetProperty("finetune").GetProperty("points")[0].GetProperty("after").GetProperty("n").GetInt32());

        string few = Path.Combine(_folder.Path, "few");
        Directory.CreateDirectory(few);
        foreach (string file in Directory.GetFiles(network.PlainPictures).Take(25))
        {
            File.Copy(file, Path.Combine(few, Path.GetFileName(file)));
        }

        (int code, _, string error) = TunedNetwork.Run("tune", network.Folder.File("net.onnx"), "--data", few, "--held-back", "--objective", "macs", "-o", _folder.File("none.edge"));
        Assert.Equal(2, code);
        Assert.Contains("holds 2 pictures back", error);
    }

    [Theory]
    [InlineData("relax points (", "parts.edge.search")]
    [InlineData("epoch 2/4", "parts.edge.finetune", "parts.edge.tuned")]
    public void AnInterruptionOfEitherPhaseIsGoneOnFrom(string line, params string[] left)
    {
        string[] training = ["--finetune", network.Pictures, "--epochs", "4"];
        JsonElement whole = Json(Command("whole.edge", training));
        byte[] expected = File.ReadAllBytes(_folder.File("whole.edge"));
        File.Delete(_folder.File("whole.edge"));
        string[] command = Command("parts.edge", training);
        using (CancellationTokenSource source = new())
        {
            Assert.Equal(130, PackerCommandLine.Run([.. command, "--verbose"], new Terminal(new StringWriter(), new Interrupter(line, source), false), source.Token));
        }

        Assert.Equal(left, Left());
        JsonElement resumed = Json([.. command, "--resume"]);
        Assert.Equal(expected, File.ReadAllBytes(_folder.File("parts.edge")));
        foreach (string member in (string[])["dense", "points", "finetune"])
        {
            Assert.Equal(whole.GetProperty(member).ToString(), resumed.GetProperty(member).ToString());
        }

        Assert.Equal(["parts.edge"], Left());
    }

    [Fact]
    public void ResumingATrainingOfAnotherSearchIsRefused()
    {
        string[] command = Command("out.edge", "--epochs", "3");
        using (CancellationTokenSource source = new())
        {
            Assert.Equal(130, PackerCommandLine.Run([.. command, "--verbose"], new Terminal(new StringWriter(), new Interrupter("epoch 1/3", source), false), source.Token));
        }

        (int code, _, string error) = TunedNetwork.Run([.. command, "--resume", "--loss", "labels"]);
        Assert.Equal(2, code);
        Assert.Contains("other options", error);

        // A bundle that was there for another reason, and no bundle at all.
        File.Copy(network.Bundle, _folder.File("out.edge.tuned"), overwrite: true);
        (code, _, error) = TunedNetwork.Run([.. command, "--resume"]);
        Assert.Equal(2, code);
        Assert.Contains("'--resume'", error);
        File.WriteAllText(_folder.File("out.edge.tuned"), "nonsense");
        (code, _, error) = TunedNetwork.Run([.. command, "--resume"]);
        Assert.Equal(2, code);
        Assert.Contains("'--resume'", error);

        // From the start, whatever lies there.
        Json(command);
        Assert.Equal(["out.edge"], Left());
    }

    [Theory]
    [InlineData("labels of no other set", "--finetune-labels", "x.csv", "--epochs", "2")]
    [InlineData("limit of no other set", "--finetune", "--finetune-limit", "30")]
    [InlineData("no such set", "--finetune", "nosuch.tar")]
    [InlineData("too few pictures", "--epochs", "2", "--limit", "12")]
    [InlineData("rate of nothing", "--learning-rate", "0")]
    public void NonsenseIsFoundBeforeTheSearch(string what, params string[] options)
    {
        string[] command = Command("out.edge");
        (int code, string output, string error) = TunedNetwork.Run([.. command.Where(a => !options.Contains("--limit") || a is not ("--limit" or "40")), .. options, "--verbose"]);
        Assert.True(code == 2, $"{what}: {code} {error}");
        Assert.StartsWith("error: ", error);
        Assert.Empty(output);
        Assert.Empty(Left());
    }

    private string[] Left() => [.. Directory.GetFiles(_folder.File("")).Select(f => Path.GetFileName(f)).Where(f => f.Contains(".edge", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private string[] Command(string output, params string[] more)
        => ["tune", network.Folder.File("net.onnx"), "--data", network.Pictures, "--objective", "macs", "--points", "1.5x,2x", "--mask", "grid", "--limit", "40", "--threads", "2", "--json",
            "-o", _folder.File(output), .. more];

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
