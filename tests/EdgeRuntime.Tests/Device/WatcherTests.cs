using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Cameras;
using EdgeRuntime.Device;
using EdgeRuntime.Governing;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;
using EdgeRuntime.Tests.Shared;
using EdgeRuntime.Tests.Shared.Bundles;
using EdgeRuntime.Triggers;
using EdgeRuntime.Triggers.Gpio;
using Xunit;

namespace EdgeRuntime.Tests.Device;

// Alone: memory and times of the whole process are looked at.
[Collection(nameof(Sessions.KernelVariables))]
public sealed class WatcherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-watch-").FullName;
    private readonly RecordedLog _log = new();
    private readonly Waker _waker = new();
    private readonly MemoryStream _output = new();
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public void A_hundred_thousand_frames_allocate_nothing_and_memory_stays_flat()
    {
        const int Frames = 100_000, Warm = 20_000;
        Meter policy = new(new WatchPolicy(new WatchPolicySettings(null, new Goals { DeadlineMs = 50 }, Cascade: false), new EnergySources(), _log), Warm, Frames);
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(8, 8)), streaming: true, _log);
        using LineQueue lines = new(Stream.Null, _log, () => { });
        using Watcher watcher = new(Load(Save(points: 2)), Parts(new EveryFrameTrigger(), pump, lines, policy), new WatchOptions(Frames), _stop.Token);
        watcher.Run();
        Assert.Equal(Frames, watcher.Answered);
        Assert.Equal(0, policy.ThreadBytes);

        // The other threads, together with the test host's own: less than a byte a frame.
        Assert.InRange(policy.ProcessBytes, 0, Frames - Warm);
        Assert.InRange(policy.ResidentGrowth, long.MinValue, 4 << 20);
    }

    [Fact]
    public void From_edge_to_answer_costs_less_than_a_millisecond()
    {
        using System.IO.Pipes.AnonymousPipeServerStream line = new(System.IO.Pipes.PipeDirection.Out);
        GpioLineTrigger trigger = new("line", (int)line.ClientSafePipeHandle.DangerousGetHandle());
        line.ClientSafePipeHandle.SetHandleAsInvalid();
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(16, 16)), streaming: false, _log);
        using LineQueue lines = new(_output, _log, () => { });
        using Watcher watcher = new(Load(Save()), Parts(trigger, pump, lines, Fixed()), new WatchOptions(200), _stop.Token);
        Thread edges = new(() =>
        {
            for (uint i = 1; i <= 200; i++)
            {
                while (watcher.Answered < i - 1)
                {
                    Thread.Sleep(1);
                }

                Thread.Sleep(1);
                GpioCalls.LineEvent happened = new() { Timestamp = (ulong)Clock.Now, LineSequence = i };
                line.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<GpioCalls.LineEvent>(in happened)));
            }
        });
        edges.Start();
        watcher.Run();
        edges.Join();
        Assert.Equal(0, watcher.Missed);
        Assert.InRange(watcher.Overhead.Percentile(0.5), 0, 1_000_000);
        trigger.Dispose();
    }

    [Fact]
    public void A_new_bundle_is_swapped_in_and_a_broken_one_is_refused()
    {
        string path = Save();
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(16, 16)), streaming: false, _log);
        using LineQueue lines = new(_output, _log, () => { });
        using IntervalTrigger interval = new(10);
        Watcher? watcher = null;
        using HotSwap swap = new(() => Load(path), () => watcher?.Nudge(), _log);
        watcher = new Watcher(Load(path), Parts(interval, pump, lines, Fixed(), swap), new WatchOptions(), _stop.Token);
        Thread run = new(watcher.Run);
        run.Start();

        File.WriteAllText(path, "no bundle");
        swap.Request();
        Assert.True(SpinWait.SpinUntil(() => _log.Kinds.Contains("swap-refused"), 5000));
        long answered = watcher.Answered;
        Assert.True(SpinWait.SpinUntil(() => watcher.Answered > answered + 3, 5000));
        Assert.Equal(0, watcher.Swaps);

        // The packer writes beside and renames; a running program must not mind.
        BundleWriter.Save(TinyClassifier.Create(7), path);
        swap.Request();
        Assert.True(SpinWait.SpinUntil(() => watcher.Swaps == 1, 5000));
        answered = watcher.Answered;
        Assert.True(SpinWait.SpinUntil(() => watcher.Answered > answered + 3, 5000));

        Bundle forged = TinyClassifier.Create(8);
        forged.Points[0].GoldenHash = 1;
        BundleWriter.Save(forged, path);
        swap.Request();
        Assert.True(SpinWait.SpinUntil(() => _log.Kinds.Count(k => k == "swap-refused") == 2, 5000));
        _stop.Cancel();
        run.Join();
        watcher.Dispose();
        Assert.Equal(["swap-refused", "swapped", "swap-refused"], _log.Kinds);
    }

    [Fact]
    public void A_trigger_without_a_frame_is_missed_and_told_of_once()
    {
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(16, 16, 0.01)), streaming: false, _log);
        using LineQueue lines = new(_output, _log, () => { });
        using IntervalTrigger interval = new(10);
        using Watcher watcher = new(Load(Save()), Parts(interval, pump, lines, Fixed()), new WatchOptions(FrameMilliseconds: 30), _stop.Token);
        Thread run = new(watcher.Run);
        run.Start();
        Assert.True(SpinWait.SpinUntil(() => watcher.Missed >= 6, 5000));
        _stop.Cancel();
        run.Join();
        Assert.Equal(["no-frame"], _log.Kinds);
        Assert.InRange(watcher.Answered, 0, 1);
    }

    [Fact]
    public void A_trigger_that_goes_is_asked_again_and_told_of_once()
    {
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(16, 16)), streaming: false, _log);
        using LineQueue lines = new(_output, _log, () => { });
        using FlakyTrigger trigger = new();
        using Watcher watcher = new(Load(Save()), Parts(trigger, pump, lines, Fixed()), new WatchOptions(3), _stop.Token);
        watcher.Run();
        Assert.Equal(3, watcher.Answered);
        Assert.Equal(["trigger-lost", "trigger-back"], _log.Kinds);
    }

    [Fact]
    public void A_damaged_jpeg_frame_is_passed_over()
    {
        using CameraPump pump = new(new JpegCamera(), streaming: true, _log);
        using LineQueue lines = new(_output, _log, () => { });
        using Watcher watcher = new(Load(Save()), Parts(new EveryFrameTrigger(), pump, lines, Fixed()), new WatchOptions(3), _stop.Token);
        watcher.Run();
        Assert.Equal(3, watcher.Answered);
        Assert.Equal(["frame-damaged"], _log.Kinds);
    }

    [Fact]
    public void Annotated_pictures_are_kept_up_to_the_cap()
    {
        using CameraPump pump = new(new SyntheticCamera(new CameraSettings(32, 24)), streaming: false, _log);
        using LineQueue lines = new(_output, _log, () => { });
        string folder = Path.Combine(_folder, "seen");
        using (AnnotationQueue pictures = new(new PictureFolder(folder, 4, 1 << 20), _log))
        {
            using IntervalTrigger interval = new(40);
            using Watcher watcher = new(Load(Save()), Parts(interval, pump, lines, Fixed(), pictures: pictures), new WatchOptions(15), _stop.Token);
            watcher.Run();
        }

        string[] files = Directory.GetFiles(folder, "*.png");
        Assert.InRange(files.Length, 2, 4);
        Assert.All(files, f => Assert.True(WidthOf(f) >= 32));
    }

    [Fact]
    public void Percentiles_of_times_are_right_to_a_sixteenth()
    {
        LatencyHistogram times = new();
        for (int i = 1; i <= 100_000; i++)
        {
            times.Add(i);
        }

        foreach (double share in (double[])[0.0001, 0.01, 0.5, 0.95, 0.999, 1])
        {
            double exact = share * 100_000;
            Assert.InRange(times.Percentile(share), exact, exact * 1.0625);
        }

        Assert.Equal(100_000, times.Longest);
        times.Add(long.MaxValue);
        times.Add(-5);
        Assert.Equal(long.MaxValue, times.Percentile(1));
        Assert.Equal(0, new LatencyHistogram().Percentile(0.5));
    }

    [Fact]
    public void Lines_tell_the_parts_of_the_time()
    {
        using (CameraPump pump = new(new SyntheticCamera(new CameraSettings(16, 16)), streaming: true, _log))
        using (LineQueue lines = new(_output, _log, () => { }))
        using (Watcher watcher = new(Load(Save()), Parts(new EveryFrameTrigger(), pump, lines, Fixed()), new WatchOptions(5), _stop.Token))
        {
            watcher.Run();
        }

        JsonElement[] frames = [.. Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal([1, 2, 3, 4, 5], frames.Select(f => f.GetProperty("frame").GetInt32()));
        foreach (JsonElement frame in frames)
        {
            double Part(string name) => frame.GetProperty(name).GetDouble();
            Assert.Equal(Part("latency_ms"), Part("capture_ms") + Part("prepare_ms") + Part("inference_ms") + Part("overhead_ms"), 6);
            Assert.All((string[])["wait_ms", "capture_ms", "prepare_ms", "inference_ms", "overhead_ms"], name => Assert.True(Part(name) >= 0, name));
            Assert.Equal(3, frame.GetProperty("classes").GetArrayLength());
            Assert.InRange(Part("margin"), 0, 1);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _waker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int WidthOf(string file) => EdgeRuntime.Images.PictureReader.Read(file).Width;

    private static Network Load(string path) => Network.Load(path, 1, 3);

    private WatchPolicy Fixed() => new(new WatchPolicySettings(null, new Goals(), Cascade: false), new EnergySources(), _log);

    private WatchParts Parts(ITrigger trigger, CameraPump pump, LineQueue lines, IWatchPolicy policy, HotSwap? swap = null, AnnotationQueue? pictures = null) => new()
    {
        Waker = _waker,
        Trigger = trigger,
        Pump = pump,
        Lines = lines,
        Policy = policy,
        Log = _log,
        Swap = swap,
        Pictures = pictures,
    };

    private string Save(int points = 0)
    {
        string path = Path.Combine(_folder, "tiny.edge");
        BundleWriter.Save(TinyClassifier.Create(1, points), path);
        return path;
    }

    // Gone twice between its second and third event.
    private sealed class FlakyTrigger : IEventTrigger
    {
        private int _calls;

        public string Name => "flaky";

        public bool Wait(Waker waker, out TriggerEvent happened)
        {
            _calls++;
            happened = new TriggerEvent(Clock.Now, 0, KernelTime: true);
            return _calls is 3 or 4 ? throw new DeviceException("it has gone", "flaky", "Wait") : true;
        }

        public void Dispose()
        {
        }
    }

    // Sends every other frame cut off, as a bad cable does. PNG stands for JPEG: the decoder looks at what is there.
    private sealed class JpegCamera : ICamera
    {
        private readonly byte[] _file = Encode();
        private int _sent;

        public string Name => "jpeg";

        public bool IsLive => false;

        public void Open()
        {
        }

        public CameraResult Read(Frame frame, long notBefore, Waker waker)
        {
            int length = _sent++ % 2 == 0 ? _file.Length / 2 : _file.Length;
            frame.Describe(EdgeRuntime.Images.PixelFormat.Jpeg, 16, 16, length: length);
            _file.AsSpan(0, length).CopyTo(frame.Bytes);
            frame.CapturedAt = Clock.Now;
            return CameraResult.Frame;
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }

        private static byte[] Encode()
        {
            using MemoryStream stream = new();
            EdgeRuntime.Images.PngWriter.Write(new EdgeRuntime.Images.Picture(16, 16), stream);
            return stream.ToArray();
        }
    }

    // Looks at the memory from inside the inference thread.
    private sealed class Meter(IWatchPolicy inner, long from, long to) : IWatchPolicy
    {
        private long _thread, _process, _resident;

        public long ThreadBytes { get; private set; } = -1;

        public long ProcessBytes { get; private set; } = -1;

        public long ResidentGrowth { get; private set; } = long.MaxValue;

        public long NotBefore => inner.NotBefore;

        public int Begin(Bundle bundle) => inner.Begin(bundle);

        public void Starting() => inner.Starting();

        public bool LooksAgain(in FrameObservation soFar, out int point) => inner.LooksAgain(in soFar, out point);

        public int Next(in FrameObservation frame)
        {
            if (frame.Frame == from)
            {
                _resident = Resident();
                _process = GC.GetTotalAllocatedBytes(precise: true);
                _thread = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (frame.Frame == to)
            {
                ThreadBytes = GC.GetAllocatedBytesForCurrentThread() - _thread;
                ProcessBytes = GC.GetTotalAllocatedBytes(precise: true) - _process;
                ResidentGrowth = Resident() - _resident;
            }

            return inner.Next(in frame);
        }

        public void Describe(Utf8JsonWriter line) => inner.Describe(line);

        private static long Resident()
        {
            using Process self = Process.GetCurrentProcess();
            return self.WorkingSet64;
        }
    }
}
