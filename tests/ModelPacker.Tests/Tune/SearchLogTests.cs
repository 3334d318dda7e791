using EdgeRuntime;
using ModelPacker.Perforate;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public sealed class SearchLogTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Path => _folder.File("x.search");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EverythingIsThereAfterAnInterruption()
    {
        using (SearchLog log = SearchLog.Open(Path, "header", false))
        {
            log.Add("a", 0.1 + 0.2, 1 / 3.0, 1 / 7.0);
            log.Add("", -1e-300, null, 5);
            log.Note("costs", "ms 1:2 3:4");

            // What counts is on the disk at once, whether or not the log is ever closed.
            Assert.Equal(4, Lines().Length);
        }

        using SearchLog again = SearchLog.Open(Path, "header", true);
        Assert.Equal(2, again.Resumed);
        Assert.Equal((0.1 + 0.2, 1 / 3.0, 1 / 7.0), again.Find("a"));
        Assert.Equal((-1e-300, null, 5), again.Find(""));
        Assert.Equal("ms 1:2 3:4", again.Recall("costs"));
        Assert.Null(again.Find("b"));
        Assert.Null(again.Recall("other"));
    }

    [Fact]
    public void ATornLastLineIsForgottenWhereverItTears()
    {
        using (SearchLog log = SearchLog.Open(Path, "header", false))
        {
            log.Add("first", 1.25, 50, 0.5);
            log.Add("second", 2.125, 75.5, 0.75);
        }

        byte[] whole = File.ReadAllBytes(Path);
        int start = File.ReadAllText(Path).IndexOf("loss\tsecond", StringComparison.Ordinal);
        for (int length = start; length < whole.Length - Environment.NewLine.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            using (SearchLog log = SearchLog.Open(Path, "header", true))
            {
                Assert.Equal((length, (1.25, 50, 0.5)), (length, log.Find("first")));
                Assert.Null(log.Find("second"));
                log.Add("third", 3, null, 4);
            }

            using SearchLog again = SearchLog.Open(Path, "header", true);
            Assert.Equal(2, again.Resumed);
            Assert.Equal((3, null, 4), again.Find("third"));
        }
    }

    [Fact]
    public void ATornHeaderStartsAnew()
    {
        foreach (string left in (string[])["", "hea"])
        {
            File.WriteAllText(Path, left);
            using (SearchLog log = SearchLog.Open(Path, "header", true))
            {
                Assert.Equal(0, log.Resumed);
                log.Add("a", 1, 2, 3);
            }

            using SearchLog again = SearchLog.Open(Path, "header", true);
            Assert.Equal((1, 2, 3), again.Find("a"));
            again.Dispose();
            File.Delete(Path);
        }
    }

    [Fact]
    public void AnotherSearchsLogIsRefusedAndKept()
    {
        using (SearchLog log = SearchLog.Open(Path, "one", false))
        {
            log.Add("a", 1, 2, 3);
        }

        string before = File.ReadAllText(Path);
        EdgeRuntimeException refused = Assert.Throws<EdgeRuntimeException>(() => SearchLog.Open(Path, "other", true));
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--resume", refused.Message);
        Assert.Equal(before, File.ReadAllText(Path));
    }

    [Fact]
    public void WithoutResumeTheLogStartsAnew()
    {
        using (SearchLog log = SearchLog.Open(Path, "one", false))
        {
            log.Add("a", 1, 2, 3);
        }

        using (SearchLog log = SearchLog.Open(Path, "other", false))
        {
            Assert.Null(log.Find("a"));
        }

        Assert.Equal(["other"], Lines());
    }

    [Fact]
    public void AFolderThatIsNotThereIsAnErrorOfUse()
        => Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => SearchLog.Open(_folder.File("no", "x.search"), "one", false)).ExitCode);

    [Fact]
    public void KeysTellChoicesApart()
    {
        List<MaskChoice> all = [];
        foreach (MaskKind kind in Enum.GetValues<MaskKind>())
        {
            for (int rung = 1; rung < Ladder.Shares.Count; rung++)
            {
                all.AddRange([new(rung, kind, 0, false), new(rung, kind, 1, false), new(rung, kind, 0, true), new(rung, kind, 11, false)]);
            }
        }

        string[] keys = [.. all.Select(c => SearchLog.Key([c])), .. all.Select(c => SearchLog.Key([default, c])), .. all.Select(c => SearchLog.Key([all[0], c]))];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal("", SearchLog.Key([default, default]));
    }

    private string[] Lines()
    {
        using FileStream stream = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
