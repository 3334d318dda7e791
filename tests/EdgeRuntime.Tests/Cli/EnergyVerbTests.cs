using System.Text.Json;
using System.Xml.Linq;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;
using EdgeRuntime.Tests.Energy;
using Xunit;

namespace EdgeRuntime.Tests.Cli;

[Collection(nameof(Sessions.KernelVariables))]
public sealed class EnergyVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-test-").FullName;

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(CommonOptions.RootVariable, null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void PowerShowsAndLogs()
    {
        string log = Path.Combine(_folder, "energy.jsonl");
        (int code, string data, string messages) = ApplicationTests.Run("power", "--sensor", "model,idle=2,active=3", "--seconds", "1", "--idle-watts", "1.5", "--log", log, "--json");
        Assert.Equal((0, ""), (code, messages));
        using JsonDocument document = JsonDocument.Parse(data);
        JsonElement root = document.RootElement;
        Assert.Equal(("edgert.power", "modelled:user"), (root.GetProperty("schema").GetString(), root.GetProperty("source").GetString()));
        Assert.InRange(root.GetProperty("mean_watts").GetDouble(), 1.95, 2.05);
        Assert.InRange(root.GetProperty("net_watts").GetDouble(), 0.45, 0.55);
        Assert.Equal(1, root.GetProperty("seconds").GetArrayLength());
        List<LogEntry> entries = EnergyLogReader.Read(log).Entries;
        Assert.Equal(["start", "power"], entries.ConvertAll(e => e.Type));
        Assert.Equal(1.5, entries[0].IdleWatts);
        (code, data, _) = ApplicationTests.Run("power", "--sensor", $"replay:{log}", "--seconds", "0.2");
        Assert.Equal(5, code);
        Assert.Empty(data);
    }

    [Fact]
    public void SensorsOfATreeAreListed()
    {
        using SystemTree tree = new();
        tree.With("sys/class/hwmon/hwmon0", "name", "ina219", "power1_input", "3540000").With("sys/class/power_supply/BAT0", "type", "Battery", "status", "Charging");
        Environment.SetEnvironmentVariable(CommonOptions.RootVariable, tree.Root);
        (int code, string data, _) = ApplicationTests.Run("power", "--list");
        Assert.Equal(0, code);
        Assert.Matches("hwmon:ina219 +works", data);
        Assert.Matches("battery:BAT0 +the battery does not discharge", data);
        (code, data, _) = ApplicationTests.Run("power", "--seconds", "0.3");
        Assert.Equal(0, code);
        Assert.Contains("mean 3.540 W", data, StringComparison.Ordinal);
        Assert.Contains("(measured:hwmon:ina219)", data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("power --sensor ina218", 2, "no kind of sensor")]
    [InlineData("power --sensor ina219@77-0040", 5, "there is no /dev/i2c-77")]
    [InlineData("power --seconds -1", 2, "give a number from 0")]
    [InlineData("power --sensor model:pi9", 5, "no such board")]
    [InlineData("power --sensor replay:/nonexistent", 5, "trace cannot be read")]
    [InlineData("energy /nonexistent", 2, "no such log")]
    [InlineData("energy", 2, "needs one energy log")]
    [InlineData("energy a --csv - --svg -", 2, "more than one thing")]
    public void MistakesAreExplained(string line, int expected, string text)
    {
        (int code, string data, string messages) = ApplicationTests.Run(line.Split(' '));
        Assert.Equal((expected, ""), (code, data));
        Assert.Contains(text, messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--csv", "log")]
    [InlineData("--svg", "./log")]
    [InlineData("--csv", "log.out", "--svg", "log.out")]
    public void ALogIsNotReplacedByWhatItIsConvertedTo(params string[] options)
    {
        string path = Path.Combine(_folder, "log");
        using (EnergyLog log = EnergyLog.Open(path, "measured:rapl", 2))
        {
            log.Power(3, 3, 1);
        }

        byte[] before = File.ReadAllBytes(path);
        (int code, string data, string messages) = ApplicationTests.Run(["energy", path, .. options.Select(o => o.StartsWith("--", StringComparison.Ordinal) ? o : Path.Combine(_folder, o))]);
        Assert.Equal((2, ""), (code, data));
        Assert.Contains("another file of this command", messages, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.False(File.Exists(Path.Combine(_folder, "log.out")));
    }

    [Fact]
    public void LogsAreSummedUpAndConverted()
    {
        string path = Path.Combine(_folder, "log");
        using (EnergyLog log = EnergyLog.Open(path, "measured:rapl", 2))
        {
            for (int i = 0; i < 10; i++)
            {
                log.Power(3, 3 * (i + 1), 1);
                log.Frame(i, i < 5 ? "dense" : "2x", i < 5 ? 60 : 30, new FrameEnergy(0.06, i < 5 ? 0.4 : double.NaN, 0.2, 1, 3));
            }

            log.Switch("dense", "2x", "power 3.10 W, goal 3.00 W");
        }

        string svg = Path.Combine(_folder, "log.svg");
        string csv = Path.Combine(_folder, "log.csv");
        (int code, string data, _) = ApplicationTests.Run("energy", path, "--json", "--svg", svg, "--csv", csv);
        Assert.Equal(0, code);
        using JsonDocument document = JsonDocument.Parse(data);
        JsonElement source = document.RootElement.GetProperty("sources")[0];
        Assert.Equal(("measured:rapl", 30, 3), (source.GetProperty("source").GetString(), source.GetProperty("joules").GetDouble(), source.GetProperty("mean_watts").GetDouble()));
        JsonElement[] points = [.. document.RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal((5, 60, 400), (points[0].GetProperty("frames").GetInt32(), points[0].GetProperty("mean_ms").GetDouble(), points[0].GetProperty("gross_mj").GetDouble()));
        Assert.Equal(JsonValueKind.Null, points[1].GetProperty("gross_mj").ValueKind);
        Assert.Equal("svg", XDocument.Load(svg).Root!.Name.LocalName);
        string[] lines = File.ReadAllLines(csv);
        Assert.Equal(1 + 1 + 20 + 1, lines.Length);
        Assert.Equal(17, lines[0].Split(',').Length);
        Assert.EndsWith(",\"power 3.10 W, goal 3.00 W\"", lines[^1], StringComparison.Ordinal);
        Assert.Contains("1 switch(es)", ApplicationTests.Run("energy", path).Data, StringComparison.Ordinal);
    }
}
