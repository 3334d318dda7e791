using System.Diagnostics;
using System.Globalization;
using System.Xml.Linq;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;
using Xunit;

namespace EdgeRuntime.Tests.Energy;

public sealed class EnergyLogTests : IDisposable
{
    private const int Kills = 300;

    private static readonly FrameEnergy Frame = new(0.1, 0.4, 0.1, 0.5, 1.2);

    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-log-").FullName;

    private string LogPath => Path.Combine(_folder, "energy.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WhatWasWrittenIsReadBack()
    {
        using (EnergyLog log = EnergyLog.Open(LogPath, "measured:ina219@1-0040", 2.5))
        {
            Assert.True(log.Power(3.25, 3.25, 1));
            Assert.True(log.Frame(7, "2x", 31.5, Frame));
            Assert.True(log.Frame(8, "2x", 30, Frame with { GrossJoules = double.NaN }));
            Assert.True(log.Switch("2x", "3x", "power 4.1 W is above 3.9 W, \"quoted\"\n"));
            Assert.True(log.Notice(new MeterNotice(MeterNoticeKind.Gap, 3, 0.75, "silent")));
        }

        EnergyLogReader reader = EnergyLogReader.Read(LogPath);
        Assert.Equal((0, false, 0L), (reader.Unreadable, reader.HasTornTail, reader.Missing));
        Assert.Equal(["start", "power", "frame", "frame", "switch", "gap"], reader.Entries.ConvertAll(e => e.Type));
        Assert.Equal(2.5, reader.Entries[0].IdleWatts);
        Assert.Equal((3.25, 3.25, 1.0), (reader.Entries[1].Watts, reader.Entries[1].Joules, reader.Entries[1].Duration));
        LogEntry frame = reader.Entries[2];
        Assert.Equal((7, "2x", 31.5, 0.4, 0.1), (frame.Frame, frame.Point, frame.Milliseconds, frame.GrossJoules, frame.NetJoules));
        Assert.Equal((0.5, 1.2, "measured:ina219@1-0040"), (frame.PeriodSeconds, frame.PeriodJoules, frame.Source));
        Assert.Null(reader.Entries[3].GrossJoules);
        Assert.Equal("3x", reader.Entries[4].Point);
        Assert.Equal(0.75, reader.Entries[5].Duration);
    }

    [Fact]
    public void EveryCutOfTheFileOpensAgainAndLosesOneRecordAtMost()
    {
        Write(3);
        byte[] whole = File.ReadAllBytes(LogPath);
        int records = whole.Count(b => b == '\n');
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(LogPath, whole[..length]);
            int complete = whole[..length].Count(b => b == '\n');
            using (EnergyLog log = EnergyLog.Open(LogPath, "test"))
            {
                Assert.Equal(complete, log.NextSequence - 1);
            }

            EnergyLogReader reader = EnergyLogReader.Read(LogPath);
            Assert.Equal((0, false, complete + 1), (reader.Unreadable, reader.HasTornTail, reader.Entries.Count));
        }

        Assert.Equal(4, records);
    }

    [Fact]
    public void DamageInsideIsCountedAndTheRestIsRead()
    {
        Write(5);
        byte[] bytes = File.ReadAllBytes(LogPath);
        bytes.AsSpan(Array.IndexOf(bytes, (byte)'\n', bytes.Length / 2) + 10, 20).Clear();
        File.WriteAllBytes(LogPath, bytes);
        Write(1);
        EnergyLogReader reader = EnergyLogReader.Read(LogPath);
        Assert.Equal((1, 1L), (reader.Unreadable, reader.Missing));
    }

    [Fact]
    public void OtherFilesAreLeftAlone()
    {
        File.WriteAllText(LogPath, "dear diary\n");
        Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => EnergyLog.Open(LogPath, "test")).ExitCode);
        Assert.Equal("dear diary\n", File.ReadAllText(LogPath));
        Assert.Throws<EdgeRuntimeException>(() => EnergyLogReader.Read(LogPath));
        Assert.Throws<EdgeRuntimeException>(() => EnergyLogReader.Read(LogPath + "x"));
    }

    [Fact]
    public void OnlyOneProcessWrites()
    {
        using EnergyLog first = EnergyLog.Open(LogPath, "test");
        Assert.Contains("another process", Assert.Throws<EdgeRuntimeException>(() => EnergyLog.Open(LogPath, "test")).Message, StringComparison.Ordinal);
        first.Note("still works");
        Assert.Equal(2, EnergyLogReader.Read(LogPath).Entries.Count);
    }

    [Fact]
    public void RotationKeepsTheCapAndTheOrder()
    {
        EnergyLogOptions options = new() { MaximumBytes = 3 * 4096, Files = 3 };
        using (EnergyLog log = EnergyLog.Open(LogPath, "test", null, options))
        {
            for (int i = 0; i < 500; i++)
            {
                Assert.True(log.Frame(i, "dense", 1, Frame));
                Assert.True(Directory.GetFiles(_folder, "energy.jsonl*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length) <= options.MaximumBytes);
            }
        }

        EnergyLogReader reader = EnergyLogReader.Read(LogPath);
        Assert.Equal((0, 0L), (reader.Unreadable, reader.Missing));
        Assert.Equal(499, reader.Entries[^1].Frame);
        Assert.Equal(3, Directory.GetFiles(_folder).Count(f => !f.EndsWith(".lock", StringComparison.Ordinal)));

        // A kill in the middle of a rotation leaves a number out.
        File.Delete(LogPath);
        using (EnergyLog log = EnergyLog.Open(LogPath, "test", null, options))
        {
            Assert.True(log.NextSequence > reader.Entries[0].Sequence);
        }

        Assert.Equal(0, EnergyLogReader.Read(LogPath).Unreadable);
    }

    [Fact]
    public void NothingIsAllocatedPerRecord()
    {
        using EnergyLog log = EnergyLog.Open(LogPath, "test");
        long before = 0;
        for (int i = 0; i < 600; i++)
        {
            before = i == 300 ? GC.GetAllocatedBytesForCurrentThread() : before;
            log.Frame(i, "dense", 1.25, Frame);
            log.Power(3, i, 1);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TimelinesAreWellFormed()
    {
        Write(20);
        Assert.Equal(["operating point", "latency", "energy of a frame"], Panels(out _));
        using (EnergyLog log = EnergyLog.Open(LogPath, "test", 2))
        {
            log.Power(3, 3, 1);
            log.Power(double.NaN, 3, 0);
            log.Switch("dense", "2x", "a < b");
            log.Notice(new MeterNotice(MeterNoticeKind.Gap, 1, 0.5, "silent"));
        }

        Assert.Equal(["power", "energy since the start", "operating point", "latency", "energy of a frame"], Panels(out XDocument svg));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        XDocument.Parse(EnergyTimeline.ToSvg([], "nothing"));

        string[] Panels(out XDocument drawn)
        {
            drawn = XDocument.Parse(EnergyTimeline.ToSvg(EnergyLogReader.Read(LogPath).Entries, "a <title> & more"));
            return [.. drawn.Descendants().Where(e => e.Attribute("font-weight")?.Value == "600").Select(e => e.Value).Skip(1)];
        }
    }

    [Fact]
    public async Task AKilledProcessLosesNothingThatWasWritten()
    {
        Random random = new(5);
        long lost = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = Start($"exec dotnet \"{Writer}\" \"{LogPath}\" 65536 3");
            Task<string> acknowledged = process.StandardOutput.ReadToEndAsync();
            Task<string> complaints = process.StandardError.ReadToEndAsync();
            while (!File.Exists(LogPath) && !process.HasExited)
            {
                await Task.Delay(1);
            }

            await Task.Delay(random.Next(60, 120));
            process.Kill();
            await process.WaitForExitAsync();
            Assert.Equal("", await complaints);
            EnergyLogReader reader = EnergyLogReader.Read(LogPath);
            Assert.Equal((0, 0L), (reader.Unreadable, reader.Missing));
            string[] numbers = (await acknowledged).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length > 0)
            {
                lost = Math.Max(lost, long.Parse(numbers[^1], CultureInfo.InvariantCulture) - reader.Entries[^1].Sequence);
            }
        }

        Assert.InRange(lost, long.MinValue, 1);
    }

    [Fact]
    public void AFullDiskLosesRecordsAndNothingElse()
    {
        // (The runtime's double mapping of code would need a large file of its own.)
        // The shell lets the process ignore the signal, so that the limit is an error, as a full disk is.
        using Process process = Start($"trap '' XFSZ; ulimit -f 20; exec dotnet \"{Writer}\" \"{LogPath}\" 1000000 2");
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("records are being lost", messages, StringComparison.Ordinal);
        EnergyLogReader reader = EnergyLogReader.Read(LogPath);
        Assert.Equal((0, false, 0L), (reader.Unreadable, reader.HasTornTail, reader.Missing));
        Assert.InRange(new FileInfo(LogPath).Length, 18_000, 20_480);
    }

    [Fact]
    public void WritingGoesOnWhenThereIsRoomAgain()
    {
        // A file system of its own, 64 KiB small, mostly taken by ballast that goes when the log complains.
        using Process process = Start($"unshare -rm bash -c 'mount -t tmpfs -o size=64k none \"{_folder}\" && head -c 40000 /dev/zero > \"{_folder}/ballast\" "
            + $"&& dotnet \"{Writer}\" \"{LogPath}\" 1000000 1 \"{_folder}/ballast\" > /dev/null && cat \"{LogPath}\"' || echo unsupported");
        string log = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (log == "unsupported\n")
        {
            // Containers may not mount; the limit of the test above shows the same up to the point of recovery.
            return;
        }

        File.WriteAllText(LogPath, log);
        EnergyLogReader reader = EnergyLogReader.Read(LogPath);
        Assert.Equal((0, false), (reader.Unreadable, reader.HasTornTail));
        Assert.Equal("lost", reader.Entries[^1].Type);
        Assert.InRange(reader.Missing, 1, 100);
        Assert.Contains($"{reader.Missing} record(s) were lost", reader.Entries[^1].Message, StringComparison.Ordinal);
    }

    private static string Writer => Path.Combine(AppContext.BaseDirectory, "energy-log-writer.dll");

    private static Process Start(string script)
        => Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_EnableWriteXorExecute"] = "0" } })!;

    private void Write(int frames)
    {
        using EnergyLog log = EnergyLog.Open(LogPath, "test");
        for (int i = 0; i < frames; i++)
        {
            log.Frame(i, "dense", 1, Frame);
        }
    }
}
