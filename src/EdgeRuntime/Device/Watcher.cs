using System.Text.Json;
using EdgeRuntime.Cameras;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;
using EdgeRuntime.Triggers;

namespace EdgeRuntime.Device;

/// <summary>The inference thread's loop: trigger, frame, network, answer, policy. Owns the network; everything else runs on threads of its own.</summary>
/// <remarks>Allocates nothing per frame in the steady state (JPEG cameras and annotated pictures apart, whose coders allocate).</remarks>
public sealed class Watcher : IDisposable
{
    private const int RetryMilliseconds = 1000;

    private readonly WatchParts _parts;
    private readonly WatchOptions _options;
    private readonly CancellationToken _stop;
    private readonly CancellationTokenRegistration _registration;
    private Network _network;
    private FrameObservation _frame;
    private int _point;
    private long _answered;
    private long _missed;
    private bool _starving;
    private bool _triggerLost;
    private long _damaged;
    private long _swaps;

    /// <param name="network">Owned from now on.</param>
    /// <param name="parts">Where events and frames come from and answers go; stay the caller's.</param>
    /// <param name="options">How it ends.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="EdgeRuntimeException">The policy refuses the bundle.</exception>
    public Watcher(Network network, WatchParts parts, WatchOptions options, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(parts);
        _network = network;
        _parts = parts;
        _options = options;
        _stop = stop;
        _point = parts.Policy.Begin(network.Bundle);
        _registration = stop.Register(Nudge);
    }

    /// <summary>Answers so far.</summary>
    public long Answered => _answered;

    /// <summary>Triggers without an answer so far.</summary>
    public long Missed => _missed;

    /// <summary>Bundles swapped in so far.</summary>
    public long Swaps => _swaps;

    /// <summary>From trigger to answer.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>What the program adds to capture, preparation and inference.</summary>
    public LatencyHistogram Overhead { get; } = new();

    /// <summary>Ends the wait in progress, so that the loop looks at its state. From any thread.</summary>
    public void Nudge()
    {
        _parts.Waker.Wake();
        _parts.Pump.Interrupt();
    }

    /// <summary>Answers until it is stopped, the frames asked for are answered, or the camera has no more.</summary>
    public void Run()
    {
        _parts.Pump.Start();
        bool more = true;
        while (more && !_stop.IsCancellationRequested && (_options.Frames == 0 || _answered < _options.Frames))
        {
            Swap();
            if (!Pause())
            {
                continue;
            }

            more = _parts.Trigger is IEventTrigger events ? OnEvent(events) : OnFrame((IFrameTrigger)_parts.Trigger);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _network.Dispose();
    }

    // A goal that no point can meet is met by waiting between frames.
    private bool Pause()
    {
        long left = _parts.Policy.NotBefore - Clock.Now;
        return left <= 0 || _parts.Waker.WaitFor(-1, left) == WakeReason.Timeout;
    }

    private bool OnEvent(IEventTrigger trigger)
    {
        if (!WaitFor(trigger, out TriggerEvent happened))
        {
            return true;
        }

        _missed += happened.Missed;
        long noticed = Clock.Now;
        _parts.Signals.Triggered();
        _parts.Pump.Request(happened.At);
        CameraResult result = Take(out Frame frame);
        _parts.Signals.Taken();
        if (result == CameraResult.Frame)
        {
            long started = Clock.Now;
            if (TryDecode(frame, out PixelView pixels))
            {
                Answer(frame, in pixels, happened.At, noticed, started);
            }
            else
            {
                _missed++;
            }
        }
        else if (result != CameraResult.Ended && !_stop.IsCancellationRequested)
        {
            _missed++;
            Starve();
        }

        _parts.Signals.Done();
        return result != CameraResult.Ended;
    }

    // A source of events that has gone is asked again, ever after: whoever plugs it in again need not start the program again.
    private bool WaitFor(IEventTrigger trigger, out TriggerEvent happened)
    {
        try
        {
            bool fired = trigger.Wait(_parts.Waker, out happened);
            if (_triggerLost && fired)
            {
                _triggerLost = false;
                _parts.Log.Note("trigger-back", $"{trigger.Name} fires again.");
            }

            return fired;
        }
        catch (DeviceException e)
        {
            if (!_triggerLost)
            {
                _triggerLost = true;
                _parts.Log.Warn("trigger-lost", $"{e.Message} It is tried again every second.");
            }

            _parts.Waker.Wait(-1, RetryMilliseconds);
            happened = default;
            return false;
        }
    }

    private bool OnFrame(IFrameTrigger trigger)
    {
        long noticed = Clock.Now;
        _parts.Pump.Request(0);
        CameraResult result = Take(out Frame frame);
        if (result != CameraResult.Frame)
        {
            return result != CameraResult.Ended;
        }

        // While the frame was on its way there was nothing to do: the trigger is the moment at which it was taken.
        long started = Clock.Now;
        if (TryDecode(frame, out PixelView pixels) && trigger.Accepts(in pixels))
        {
            Answer(frame, in pixels, frame.CapturedAt, Math.Max(noticed, frame.CapturedAt), started);
        }

        return true;
    }

    // Interruptions that are not the end (a bundle is ready) must not cost the frame that was asked for.
    private CameraResult Take(out Frame frame)
    {
        long end = Clock.Now + (_options.FrameMilliseconds * 1_000_000L);
        CameraResult result;
        do
        {
            result = _parts.Pump.Take((int)Math.Max((end - Clock.Now) / 1_000_000, 1), out frame);
        }
        while (result == CameraResult.Interrupted && !_stop.IsCancellationRequested && Clock.Now < end);
        return result;
    }

    private void Answer(Frame frame, in PixelView pixels, long triggered, long noticed, long started)
    {
        Session().Point = _point;
        _starving = false;
        _parts.Policy.Starting();
        _network.Feed(in pixels);
        long prepared = Clock.Now;
        _parts.Signals.Inferring(true);
        Session().Run();
        long inferred = Clock.Now;
        _parts.Signals.Inferring(false);
        _network.ReadAnswer(pixels.Width, pixels.Height);
        _frame = new FrameObservation
        {
            Frame = _answered + 1,
            Point = _point,
            Inferences = 1,
            TriggeredAt = triggered,
            CapturedAt = frame.CapturedAt,
            NoticedAt = noticed,
            StartedAt = started,
            PreparedAt = prepared,
            InferredAt = inferred,
            AnsweredAt = Clock.Now,
            Margin = _network.Answer.Margin,
            Drops = _parts.Pump.Drops,
            Missed = _missed,
        };
        LookAgain(in pixels);
        _point = _parts.Policy.Next(in _frame);
        Utf8JsonWriter line = _parts.Lines.Begin();
        FrameLine.Write(line, in _frame, frame, _network);
        _parts.Policy.Describe(line);
        _parts.Lines.End();
        _answered++;
        Latency.Add(_frame.Latency);
        Overhead.Add(_frame.Overhead);
        _parts.Pictures?.Offer(in pixels, _network, _frame.Frame);
    }

    private void LookAgain(in PixelView pixels)
    {
        while (_parts.Policy.LooksAgain(in _frame, out int point))
        {
            Session().Point = point;
            _network.Feed(in pixels);
            Session().Run();
            long inferred = Clock.Now;
            _network.ReadAnswer(pixels.Width, pixels.Height);
            _frame = _frame with { Point = point, Inferences = _frame.Inferences + 1, InferredAt = inferred, AnsweredAt = Clock.Now, Margin = _network.Answer.Margin };
        }
    }

    private Sessions.Session Session() => _network.Session;

    // A damaged JPEG frame is like none at all; the next one may be whole.
    private bool TryDecode(Frame frame, out PixelView pixels)
    {
        pixels = default;
        if (frame.Format == PixelFormat.Jpeg)
        {
            try
            {
                Picture picture = PictureReader.Read(frame.Memory, "frame of the camera");
                frame.Describe(PixelFormat.Rgb24, picture.Width, picture.Height);
                picture.Rgb.CopyTo(frame.Bytes);
            }
            catch (InputException e)
            {
                if (_damaged++ == 0)
                {
                    _parts.Log.Warn("frame-damaged", $"{e.Message} Such frames are passed over from now on.");
                }

                return false;
            }
        }

        pixels = frame.View;
        return true;
    }

    private void Starve()
    {
        if (!_starving && !_parts.Pump.IsLost)
        {
            _starving = true;
            _parts.Log.Warn("no-frame", $"No frame came within {_options.FrameMilliseconds} ms of the trigger. Check the camera; triggers are counted as missed until one comes.");
        }
    }

    private void Swap()
    {
        if (_parts.Swap?.Take() is not { } fresh)
        {
            return;
        }

        try
        {
            _point = _parts.Policy.Begin(fresh.Bundle);
        }
        catch (EdgeRuntimeException e)
        {
            fresh.Dispose();
            _point = _parts.Policy.Begin(_network.Bundle);
            _parts.Log.Warn("swap-refused", $"The bundle is not swapped, the old one goes on: {e.Message}");
            return;
        }

        Network old = _network;
        _network = fresh;
        old.Dispose();
        _swaps++;
        _parts.Log.Note("swapped", $"The bundle '{fresh.Bundle.Name}' was verified and answers from now on.");
    }
}
