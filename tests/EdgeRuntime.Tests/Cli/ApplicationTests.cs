using System.Text;
using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Cli;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Cli;

[Collection(nameof(Sessions.KernelVariables))]
public sealed class ApplicationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-test-").FullName;

    [Theory]
    [InlineData("--help", "Examples:")]
    [InlineData("help run", "Usage: edgert run")]
    [InlineData("bench --help", "Usage: edgert bench")]
    [InlineData("--version", "edgert ")]
    public void HelpIsData(string line, string expected)
    {
        (int code, string data, string messages) = Run(line.Split(' '));
        Assert.Equal(0, code);
        Assert.Contains(expected, data, StringComparison.Ordinal);
        Assert.Empty(messages);
    }

    [Theory]
    [InlineData("rnu", "did you mean 'run'")]
    [InlineData("inspct m.edge", "did you mean 'inspect'")]
    [InlineData("xyzzy", "edgert --help")]
    [InlineData("bench m.edge --thread 2", "did you mean '--threads'")]
    [InlineData("bench m.edge --threads 0", "from 1 to 64")]
    [InlineData("bench m.edge --threads 65", "from 1 to 64")]
    [InlineData("bench m.edge --threads two", "from 1 to 64")]
    [InlineData("bench m.edge --threads", "lacks its value")]
    [InlineData("bench m.edge --threads 1 --threads 2", "given twice")]
    [InlineData("bench m.edge --json=1", "takes no value")]
    [InlineData("bench", "needs one bundle")]
    [InlineData("bench a b", "takes only one bundle")]
    [InlineData("kernels x", "takes no operand")]
    [InlineData("run m.edge", "at least one picture")]
    [InlineData("profile m.edge --sort size", "order, time, macs")]
    public void UsageErrorsSayWhatAndHow(string line, string expected)
    {
        (int code, string data, string messages) = Run(line.Split(' '));
        Assert.Equal(2, code);
        Assert.Empty(data);
        Assert.StartsWith("error: ", messages, StringComparison.Ordinal);
        Assert.Contains(expected, messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void NothingAtAllShowsTheHelpAsAMessage()
    {
        (int code, string data, string messages) = Run();
        Assert.Equal((2, ""), (code, data));
        Assert.Contains("Verbs:", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndBrokenBundlesEndWithThree()
    {
        string broken = Path.Combine(_folder, "broken.edge");
        File.WriteAllText(broken, "hello");
        Assert.Equal(3, Run("inspect", Path.Combine(_folder, "none.edge")).Code);
        Assert.Equal(3, Run("verify", broken).Code);
        Assert.Equal(3, Run("bench", broken, "--json").Code);
    }

    [Fact]
    public void ReportsAreOneDocumentWithASchema()
    {
        string bundle = Save(golden: true);
        foreach (string[] line in (string[][])[["inspect", bundle], ["bench", bundle, "--point", "all", "--runs", "3"], ["profile", bundle, "--runs", "2"], ["verify", bundle], ["kernels"]])
        {
            (int code, string data, string messages) = Run([.. line, "--json"]);
            Assert.Equal(0, code);
            Assert.Empty(messages);
            using JsonDocument document = JsonDocument.Parse(data);
            Assert.Equal($"edgert.{line[0]}", document.RootElement.GetProperty("schema").GetString());
            Assert.Equal(1, document.RootElement.GetProperty("version").GetInt32());
            Assert.Equal(0, Run(line).Code);
        }
    }

    [Fact]
    public void VerifyTellsWrongHashesAndMissingOnes()
    {
        Assert.Equal(0, Run("verify", Save(golden: true)).Code);
        Assert.Equal(4, Run("verify", Save(golden: false)).Code);
        (int code, string data, string messages) = Run("verify", Save(golden: true, spoil: true), "--json");
        Assert.Equal(4, code);
        Assert.Contains("mismatch", data, StringComparison.Ordinal);
        Assert.Contains("differ from those recorded", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownPointIsAUsageError()
    {
        (int code, _, string messages) = Run("bench", Save(golden: true), "--point", "fast");
        Assert.Equal(2, code);
        Assert.Contains("dense", messages, StringComparison.Ordinal);
    }

    [Fact]
    public void TracesAreChromeTraces()
    {
        string trace = Path.Combine(_folder, "trace.json");
        Assert.Equal(0, Run("profile", Save(golden: true), "--trace", trace, "--runs", "1").Code);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(trace));
        Assert.NotEqual(0, document.RootElement.GetProperty("traceEvents").GetArrayLength());

        string bundle = Save(golden: true);
        byte[] before = File.ReadAllBytes(bundle);
        Assert.Equal(2, Run("profile", bundle, "--trace", bundle, "--runs", "1").Code);
        Assert.Equal(before, File.ReadAllBytes(bundle));
    }

    [Fact]
    public void OneStepIsProfiledAlone()
    {
        string bundle = Save(golden: true);
        using JsonDocument all = JsonDocument.Parse(Run("profile", bundle, "--runs", "1", "--json").Data);
        JsonElement last = all.RootElement.GetProperty("steps")[all.RootElement.GetProperty("steps").GetArrayLength() - 1];
        using JsonDocument one = JsonDocument.Parse(Run("profile", bundle, "--runs", "2", "--step", last.GetProperty("name").GetString()!, "--json").Data);
        JsonElement only = Assert.Single(one.RootElement.GetProperty("steps").EnumerateArray());
        Assert.Equal(last.GetProperty("kernel").GetString(), only.GetProperty("kernel").GetString());
        Assert.Equal(last.GetProperty("rows").GetInt32(), only.GetProperty("rows").GetInt32());
        (int code, _, string message) = Run("profile", bundle, "--step", "no such step");
        Assert.Equal(2, code);
        Assert.Contains("no such step", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInterruptionEndsWith130()
    {
        string bundle = Save(golden: true);
        using MemoryStream data = new();
        using MemoryStream messages = new();
        using Terminal terminal = new(data, messages);
        Assert.Equal(130, Application.Run(["bench", bundle], terminal, new CancellationToken(canceled: true)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void BenchMeasuresEnergyInWindows()
    {
        string bundle = Save(golden: true);
        (int code, string data, string messages) = Run("bench", bundle, "--point", "all", "--runs", "2", "--energy", "--energy-source", "model,idle=2,active=3", "--window-seconds", "0.1", "--json");
        Assert.Equal((0, ""), (code, messages));
        using JsonDocument document = JsonDocument.Parse(data);
        Assert.Equal("modelled:user", document.RootElement.GetProperty("energy_source").GetString());
        Assert.InRange(document.RootElement.GetProperty("idle_watts").GetDouble(), 1.9, 2.1);
        foreach (JsonElement point in document.RootElement.GetProperty("results").EnumerateArray())
        {
            JsonElement[] windows = [.. point.GetProperty("windows").EnumerateArray()];
            Assert.Equal(5, windows.Length);
            Assert.All(windows, w => Assert.True(w.GetProperty("inferences").GetInt32() >= 10 && w.GetProperty("seconds").GetDouble() >= 0.1));
            Assert.True(point.GetProperty("gross_mj").GetDouble() > point.GetProperty("net_mj").GetDouble());
        }

        Assert.Equal(2, Run("bench", bundle, "--energy", "--windows", "4").Code);
        Assert.Equal(5, Run("bench", bundle, "--runs", "1", "--energy", "--energy-source", "hwmon:nosuch").Code);
    }

    internal static (int Code, string Data, string Messages) Run(params string[] args)
    {
        using MemoryStream data = new();
        using MemoryStream messages = new();
        using Terminal terminal = new(data, messages);
        int code = Application.Run(args, terminal, CancellationToken.None);
        return (code, Encoding.UTF8.GetString(data.ToArray()), Encoding.UTF8.GetString(messages.ToArray()));
    }

    private string Save(bool golden, bool spoil = false)
    {
        using Bundle bundle = RandomNetwork.Create(4, steps: 6);
        if (golden)
        {
            using EdgeModel model = EdgeModel.Load(BundleBytes.Of(bundle));
            using Session session = model.CreateSession();
            for (int point = 0; point < bundle.Points.Length; point++)
            {
                session.Point = point;
                session.SetGoldenInput();
                session.Run();
                bundle.Points[point].GoldenHash = session.HashOutputs() ^ (spoil ? 1UL : 0);
            }
        }

        string path = Path.Combine(_folder, $"{Guid.NewGuid():n}.edge");
        BundleWriter.Save(bundle, path);
        return path;
    }
}
