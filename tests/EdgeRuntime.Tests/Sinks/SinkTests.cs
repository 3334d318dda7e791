using System.Text;
using EdgeRuntime.Sinks;
using EdgeRuntime.Tests.Shared;
using Xunit;

namespace EdgeRuntime.Tests.Sinks;

public sealed class SinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-sinks-").FullName;

    [Fact]
    public void Lines_come_whole_and_in_order_from_several_threads()
    {
        MemoryStream stream = new();
        using (LineQueue lines = new(stream, new RecordedLog(), () => { }))
        {
            Parallel.For(0, 4, worker =>
            {
                for (int i = 0; i < 200; i++)
                {
                    lines.Begin().WriteNumber($"worker{worker}", i);
                    lines.End();
                }
            });
        }

        string[] written = Encoding.UTF8.GetString(stream.ToArray()).Split('\n');
        Assert.Equal("", written[^1]);
        Assert.Equal(801, written.Length);
        for (int worker = 0; worker < 4; worker++)
        {
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{{\"worker{worker}\":{i}}}"), written.Where(l => l.Contains($"worker{worker}", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_full_disk_costs_lines_and_is_told_of_once()
    {
        RecordedLog log = new();
        FailingStream stream = new() { Fails = true };
        using LineQueue lines = new(stream, log, () => { });
        Write(lines, 10);
        Assert.True(SpinWait.SpinUntil(() => lines.Lost == 10, 5000));
        stream.Fails = false;
        Write(lines, 5);
        Assert.True(SpinWait.SpinUntil(() => stream.Lines == 5, 5000));
        Assert.Equal(["output-failing", "output-back"], log.Kinds);
    }

    [Fact]
    public void A_reader_that_stands_still_holds_writers_back_until_there_is_hurry()
    {
        using ManualResetEventSlim gate = new();
        FailingStream stream = new() { Gate = gate };
        using LineQueue lines = new(stream, new RecordedLog(), () => { });
        Thread writer = new(() => Write(lines, 200));
        writer.Start();
        Assert.False(writer.Join(200));
        lines.Hurry();
        Assert.True(writer.Join(5000));
        Assert.True(lines.Lost > 100);
        gate.Set();
    }

    [Fact]
    public void A_folder_keeps_the_newest_files_and_leaves_others_alone()
    {
        File.WriteAllText(Path.Combine(_folder, "holiday.png"), "mine");
        PictureFolder folder = new(_folder, 3, 1_000_000);
        for (int i = 0; i < 6; i++)
        {
            folder.Add(new DateTime(2026, 1, 1, 0, 0, i, DateTimeKind.Utc), i, s => s.Write(new byte[100]));
        }

        Assert.Equal(["holiday.png", "watch-20260101-000003-000-3.png", "watch-20260101-000004-000-4.png", "watch-20260101-000005-000-5.png"], Names());

        // Bytes count too, and files of an earlier run.
        PictureFolder next = new(_folder, 100, 250);
        next.Add(new DateTime(2026, 1, 1, 0, 0, 7, DateTimeKind.Utc), 7, s => s.Write(new byte[100]));
        Assert.Equal(["holiday.png", "watch-20260101-000005-000-5.png", "watch-20260101-000007-000-7.png"], Names());
    }

    [Fact]
    public void A_picture_that_cannot_be_written_leaves_nothing_behind()
    {
        PictureFolder folder = new(_folder, 3, 1_000_000);
        Assert.Throws<IOException>(() => folder.Add(DateTime.UtcNow, 1, _ => throw new IOException("no space left")));
        Assert.Empty(Names());
        Assert.Equal(5, Assert.Throws<Platform.DeviceException>(() => new PictureFolder("/proc/nowhere", 1, 1)).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static void Write(LineQueue lines, int count)
    {
        for (int i = 0; i < count; i++)
        {
            lines.Begin().WriteNumber("n", i);
            lines.End();
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        private volatile int _lines;

        public volatile bool Fails;

        public ManualResetEventSlim? Gate { get; init; }

        public int Lines => _lines;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Gate?.Wait();
            if (Fails)
            {
                throw new IOException("no space left on device");
            }

            _lines++;
        }
    }
}
