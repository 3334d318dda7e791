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

    private string[] Trial => ["--smaller-input", "on", "--trial", "20", "--learning-rate", "0.1", "--batch", "8"];

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
    public void SoItIsWhereWaysAreTried()
    {
        JsonElement both = Json(Command("both.edge", [.. Trial, "--finetune", "--epochs", "2"]));
        Assert.NotEmpty(both.GetProperty("tried").EnumerateArray());
        Json(Command("tuned.edge", Trial));
        Json("finetune", _folder.File("tuned.edge"), "--data", network.Pictures, "--limit", "40", "--epochs", "2", "--learning-rate", "0.1", "--batch", "8", "--threads", "2", "--json", "-o", _folder.File("apart.edge"));
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

    [Fact]
    public void WaysAreTrainedBeforeOneIsChosen()
    {
        JsonElement report = Json(Command("out.edge", Trial));
        JsonElement[] tried = [.. report.GetProperty("tried").EnumerateArray()];
        using Bundle bundle = BundleReader.Open(_folder.File("out.edge"));
        Assert.Contains(tried, t => t.GetProperty("input").ValueKind == JsonValueKind.Null);
        Assert.Contains(tried, t => t.GetProperty("input").ValueKind == JsonValueKind.Object);
        foreach (IGrouping<string, JsonElement> ways in tried.GroupBy(t => t.GetProperty("point").GetString()!))
        {
            Assert.InRange(ways.Count(), 2, 3);
            JsonElement chosen = ways.Single(t => t.GetProperty("chosen").GetBoolean());
            Assert.Equal(ways.Min(Badness), Badness(chosen));
            InputSize? input = bundle.Points[bundle.FindPoint(ways.Key)].Input;
            Assert.Equal(input?.Width, chosen.GetProperty("input").ValueKind == JsonValueKind.Null ? null : chosen.GetProperty("input").GetProperty("width").GetInt32());

            // Trained on 36 of the 40 pictures, and better for it.
            Assert.All(ways, t => Assert.Equal(4, t.GetProperty("trained").GetProperty("n").GetInt32()));
            Assert.All(ways, t => Assert.True(t.GetProperty("trained").GetProperty("loss").GetDouble() < t.GetProperty("found").GetProperty("loss").GetDouble()));
        }

        // What was trained is forgotten: the search's figures are of the weights as they were.
        using Bundle untried = Untried();
        Assert.Equal(untried.Points[0].GoldenHash, bundle.Points[0].GoldenHash);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("finetune").ValueKind);
        Assert.Equal(["out.edge", "untried.edge"], Left());

        Bundle Untried()
        {
            Json(Command("untried.edge", "--smaller-input", "on"));
            return BundleReader.Open(_folder.File("untried.edge"));
        }
    }

    [Theory]
    [InlineData("relax points at")]
    [InlineData("prepare pictures (trial)")]
    [InlineData("measure points (trial)")]
    [InlineData("measure points (trial)", "null")]
    [InlineData("measure points (trial)", "nonsense")]
    public void AnInterruptionAroundATrialChangesNothing(string line, string? noted = null)
    {
        JsonElement whole = Json(Command("whole.edge", Trial));
        string[] command = Command("parts.edge", Trial);
        using (CancellationTokenSource source = new())
        {
            Assert.Equal(130, PackerCommandLine.Run([.. command, "--verbose"], new Terminal(new StringWriter(), new Interrupter(line, source), false), source.Token));
        }

        if (noted is not null)
        {
            // A line of the log that is none of a trial is as good as none.
            string[] outcomes = [.. whole.GetProperty("tried").EnumerateArray().Select(_ => noted)];
            File.AppendAllText(_folder.File("parts.edge.search"), $"fact\ttrial\t[{string.Join(',', outcomes)}]\t.\n");
        }

        JsonElement resumed = Json([.. command, "--resume"]);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.edge")), File.ReadAllBytes(_folder.File("parts.edge")));
        Assert.Equal(whole.GetProperty("tried").ToString(), resumed.GetProperty("tried").ToString());
        (int code, _, string error) = TunedNetwork.Run([.. command, "--resume"]);
        Assert.True(code == 0, error);
    }

    [Theory]
    [InlineData("labels of no other set", "--finetune-labels", "x.csv", "--epochs", "2")]
    [InlineData("limit of no other set", "--finetune", "--finetune-limit", "30")]
    [InlineData("no such set", "--finetune", "nosuch.tar")]
    [InlineData("too few pictures", "--epochs", "2", "--limit", "12")]
    [InlineData("rate of nothing", "--learning-rate", "0")]
    [InlineData("a trial of less than nothing", "--trial", "-1")]
    [InlineData("epochs of no training", "--trial", "5", "--epochs", "2")]
    [InlineData("too few pictures to try with", "--trial", "5", "--limit", "12")]
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

    // As the search weighs them: wrong answers, and a tenth of the loss.
    private static double Badness(JsonElement tried)
        => 1 - (tried.GetProperty("trained").GetProperty("top1").GetDouble() / 100) + (tried.GetProperty("trained").GetProperty("loss").GetDouble() / 10);

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
