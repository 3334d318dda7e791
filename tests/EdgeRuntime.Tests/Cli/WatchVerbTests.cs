using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Cli;

[Collection(nameof(Sessions.KernelVariables))]
public sealed class WatchVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-watch-verb-").FullName;

    [Fact]
    public void A_watch_begins_answers_and_ends()
    {
        (int code, JsonElement[] lines) = Watch("--frames", "4", "--camera-size", "32x24", "--top", "2");
        Assert.Equal(0, code);
        Assert.Equal(["start", "frame", "frame", "frame", "frame", "end"], lines.Select(Type));
        Assert.Equal("edgert.watch", lines[0].GetProperty("schema").GetString());
        Assert.Equal(1, lines[0].GetProperty("version").GetInt32());
        Assert.Equal(2, lines[1].GetProperty("classes").GetArrayLength());
        Assert.Equal("frames", lines[^1].GetProperty("reason").GetString());
        Assert.Equal(4, lines[^1].GetProperty("frames").GetInt64());
    }

    [Fact]
    public void A_folder_is_watched_to_its_end()
    {
        string pictures = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        for (int i = 0; i < 3; i++)
        {
            PngWriter.Write(new Picture(20, 10), Path.Combine(pictures, $"{i}.png"));
        }

        File.WriteAllText(Path.Combine(pictures, "1b.png"), "broken");
        (int code, JsonElement[] lines) = Watch("--camera", $"folder:{pictures}", "--trigger", "interval:1");
        Assert.Equal(0, code);
        Assert.Equal(["0.png", "1.png", "2.png"], lines.Where(l => Type(l) == "frame").Select(l => Path.GetFileName(l.GetProperty("file").GetString())));
        Assert.Equal(1, lines[^1].GetProperty("broken").GetInt32());
        Assert.Equal("camera", lines[^1].GetProperty("reason").GetString());
    }

    [Fact]
    public void Energy_is_told_per_frame_and_logged()
    {
        string log = Path.Combine(_folder, "energy.jsonl");
        (int code, JsonElement[] lines) = Watch("--frames", "5", "--trigger", "interval:30", "--camera-size", "32x24", "--energy-source", "model,idle=2,active=3", "--energy-log", log);
        Assert.Equal(0, code);
        JsonElement[] energies = [.. lines.Where(l => Type(l) == "frame").Select(l => l.GetProperty("energy"))];
        Assert.All(energies, e => Assert.Equal("modelled:user", e.GetProperty("source").GetString()));
        Assert.All(energies.Skip(1), e => Assert.InRange(e.GetProperty("watts").GetDouble(), 1.99, 3.01));
        Assert.Equal(5, File.ReadLines(log).Count(l => l.Contains("\"type\":\"frame\"", StringComparison.Ordinal)));
        Assert.Contains(File.ReadLines(log), l => l.Contains("\"type\":\"power\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_goal_moves_to_a_cheaper_point_and_says_why()
    {
        (int code, JsonElement[] lines) = Watch("--frames", "300", "--camera-size", "8x8", "--deadline-ms", "0.01");
        Assert.Equal(0, code);
        Assert.Contains(lines, l => Type(l) == "event" && l.GetProperty("kind").GetString() is "switch" or "governor");
        Assert.NotEqual("dense", lines.Last(l => Type(l) == "frame").GetProperty("point").GetString());
    }

    [Theory]
    [InlineData(2, "webcam", "--camera", "webcam")]
    [InlineData(2, "button", "--trigger", "button")]
    [InlineData(2, "640", "--camera-size", "640")]
    [InlineData(2, "--max-watts", "--max-watts", "-3")]
    [InlineData(2, "nan", "--deadline-ms", "nan")]
    [InlineData(2, "--point", "--point", "dense", "--max-watts", "3")]
    [InlineData(2, "--frames", "--frames", "0")]
    [InlineData(5, "/dev/video99", "--camera", "v4l2:/dev/video99")]
    [InlineData(5, "no-such-chip", "--trigger", "gpio:no-such-chip:17")]
    [InlineData(5, "no-such-chip", "--led", "no-such-chip:17")]
    [InlineData(5, "/proc/nowhere", "--pictures", "/proc/nowhere")]
    [InlineData(5, "i2c-99", "--energy-source", "ina219@99-0040")]
    [InlineData(3, "cascade", "--cascade")]
    public void What_cannot_work_is_refused_before_the_first_frame(int code, string word, params string[] options)
    {
        (int actual, string data, string messages) = ApplicationTests.Run(["watch", Bundle(), .. options]);
        Assert.Equal(code, actual);
        Assert.Contains(word, messages, StringComparison.Ordinal);
        Assert.DoesNotContain("\"type\":\"frame\"", data, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (int Code, JsonElement[] Lines) Watch(params string[] options)
    {
        (int code, string data, _) = ApplicationTests.Run(["watch", Bundle(), "--threads", "1", .. options]);
        return (code, [.. data.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)]);
    }

    private static string? Type(JsonElement line) => line.GetProperty("type").GetString();

    private string Bundle()
    {
        string path = Path.Combine(_folder, "tiny.edge");
        BundleWriter.Save(TinyClassifier.Create(1, points: 2), path);
        return path;
    }
}
