using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras;

/// <summary>The camera's thread: keeps the latest frame, opens a camera that has gone again, and never queues.</summary>
/// <remarks>
/// Three frames go round: one being written, the latest, and the one that the caller works on. A frame that is replaced before
/// anyone took it counts as dropped. Without <c>streaming</c> nothing is read until a frame is requested, so that a camera costs no wake-ups while
/// a trigger is waited for. Allocates nothing per frame (pictures from files and JPEG cameras apart).
/// </remarks>
public sealed class CameraPump : IDisposable
{
    private const int FirstDelay = 250, LongestDelay = 30_000;

    private readonly ICamera _camera;
    private readonly IDeviceLog _log;
    private readonly bool _streaming;
    private readonly object _gate = new();
    private readonly Waker _waker = new();
    private readonly Thread _thread;
    private Frame _writing = new();
    private Frame _latest = new();
    private Frame _taken = new();
    private bool _fresh;
    private bool _requested;
    private bool _ended;
    private bool _lost;
    private bool _stop;
    private bool _interrupt;
    private long _notBefore;
    private long _drops;
    private long _broken;
    private long _lostAt;
    private int _delay = FirstDelay;

    /// <summary>Opens the camera; frames flow after <see cref="Start"/>.</summary>
    /// <param name="camera">Owned from now on.</param>
    /// <param name="streaming">Frames are wanted all the time, not only on request. Acts on live cameras only.</param>
    /// <param name="log">Told when the camera goes and comes back.</param>
    /// <exception cref="DeviceException">The camera cannot be opened.</exception>
    public CameraPump(ICamera camera, bool streaming, IDeviceLog log)
    {
        ArgumentNullException.ThrowIfNull(camera);
        _camera = camera;
        _log = log;
        _streaming = streaming && camera.IsLive;
        camera.Open();
        _thread = new Thread(Pump) { IsBackground = true, Name = "camera" };
    }

    /// <summary>Frames that nobody took in time.</summary>
    public long Drops => Interlocked.Read(ref _drops);

    /// <summary>Pictures that could not be decoded.</summary>
    public long Broken => Interlocked.Read(ref _broken);

    /// <summary>Whether the camera is away at the moment.</summary>
    public bool IsLost => Volatile.Read(ref _lost);

    /// <summary>Starts the thread.</summary>
    public void Start() => _thread.Start();

    /// <summary>Asks for a frame taken at <paramref name="notBefore"/> or later. Pointless but harmless while streaming.</summary>
    public void Request(long notBefore)
    {
        lock (_gate)
        {
            _notBefore = notBefore;
            _requested = true;
            if (_fresh && _camera.IsLive && _latest.CapturedAt < notBefore)
            {
                _fresh = false;
                _drops++;
            }

            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the frame requested, or the next one.</summary>
    /// <param name="timeoutMilliseconds">How long.</param>
    /// <param name="frame">Valid until the next call.</param>
    /// <returns><see cref="CameraResult.Interrupted"/> after the time-out or <see cref="Interrupt"/>.</returns>
    public CameraResult Take(int timeoutMilliseconds, out Frame frame)
    {
        long end = Clock.Now + (timeoutMilliseconds * 1_000_000L);
        lock (_gate)
        {
            while (!_fresh)
            {
                int left = (int)((end - Clock.Now) / 1_000_000);
                if (_ended || _interrupt || left <= 0)
                {
                    frame = _taken;
                    _interrupt = false;
                    return _ended ? CameraResult.Ended : CameraResult.Interrupted;
                }

                Monitor.Wait(_gate, left);
            }

            (_taken, _latest) = (_latest, _taken);
            _fresh = false;
            frame = _taken;
            return CameraResult.Frame;
        }
    }

    /// <summary>Ends a <see cref="Take"/> that waits, or the next one.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _interrupt = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }

        _waker.Wake();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _camera.Dispose();
        _waker.Dispose();
    }

    private void Pump()
    {
        while (WaitForRequest(out long notBefore))
        {
            switch (ReadGuarded(notBefore))
            {
                case CameraResult.Frame:
                    IsBack();
                    Publish();
                    break;
                case CameraResult.Ended:
                    lock (_gate)
                    {
                        _ended = true;
                        Monitor.PulseAll(_gate);
                    }

                    return;
            }
        }
    }

    private bool WaitForRequest(out long notBefore)
    {
        lock (_gate)
        {
            while (!_stop && !_streaming && !_requested)
            {
                Monitor.Wait(_gate);
            }

            notBefore = _notBefore;
            return !_stop;
        }
    }

    private void Publish()
    {
        lock (_gate)
        {
            if (_fresh)
            {
                _drops++;
            }

            // A request that came while an older frame was on its way is still open.
            bool answers = !_camera.IsLive || _writing.CapturedAt >= _notBefore;
            if (!answers)
            {
                return;
            }

            (_writing, _latest) = (_latest, _writing);
            _fresh = true;
            _requested = false;
            Monitor.PulseAll(_gate);
        }
    }

    private CameraResult ReadGuarded(long notBefore)
    {
        try
        {
            return _camera.Read(_writing, notBefore, _waker);
        }
        catch (InputException e)
        {
            // One broken picture is not a lost camera; the next one is tried. Only the first of a row of them is worth a line.
            if (Interlocked.Increment(ref _broken) == 1)
            {
                _log.Warn("picture-broken", e.Message);
            }

            return CameraResult.Interrupted;
        }
        catch (DeviceException e)
        {
            Reopen(e.Message);
            return CameraResult.Interrupted;
        }
    }

    // Only a frame shows that a camera is back: some can be opened and send nothing.
    private void IsBack()
    {
        if (_lost)
        {
            Volatile.Write(ref _lost, false);
            _delay = FirstDelay;
            _log.Note("camera-back", $"{_camera.Name} is back after {(Clock.Now - _lostAt) / 1e9:0.0} s.");
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever a driver does, the camera's thread must go on trying.")]
    private void Reopen(string reason)
    {
        if (!_lost)
        {
            Volatile.Write(ref _lost, true);
            _lostAt = Clock.Now;
            _log.Warn("camera-lost", $"{reason} It is tried again until it is back.");
        }

        while (!Volatile.Read(ref _stop))
        {
            try
            {
                _camera.Close();
                _waker.Wait(-1, _delay);
                _delay = Math.Min(_delay * 2, LongestDelay);
                _camera.Open();
                return;
            }
            catch (Exception)
            {
                // The reason was logged when it went; while it stays away there is nothing new to say.
            }
        }
    }
}
