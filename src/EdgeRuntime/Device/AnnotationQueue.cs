using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Cameras;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;

namespace EdgeRuntime.Device;

/// <summary>Draws answers on their frames and writes them, on a thread of its own. While it is busy further frames are passed over.</summary>
public sealed class AnnotationQueue : IDisposable
{
    private readonly PictureFolder _folder;
    private readonly IDeviceLog _log;
    private readonly object _gate = new();
    private readonly Thread _thread;
    private readonly PixelLines _lines = new(gray: false);
    private readonly List<Classification> _classes = [];
    private readonly List<Detection> _detections = [];
    private Picture? _picture;
    private InputSpec? _spec;
    private string _caption = "";
    private long _number;
    private bool _busy;
    private bool _stop;
    private bool _failing;

    /// <summary>Starts the thread.</summary>
    public AnnotationQueue(PictureFolder folder, IDeviceLog log)
    {
        _folder = folder;
        _log = log;
        _thread = new Thread(Work) { IsBackground = true, Name = "pictures", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    /// <summary>Frames passed over because the one before was still being written.</summary>
    public long Skipped { get; private set; }

    /// <summary>Pictures that could not be written.</summary>
    public long Lost { get; private set; }

    /// <summary>Hands a frame and its answer over, unless the one before is still being written. Copies what it needs.</summary>
    public void Offer(in PixelView view, Network network, long number)
    {
        ArgumentNullException.ThrowIfNull(network);
        lock (_gate)
        {
            if (_busy)
            {
                Skipped++;
                return;
            }

            if (_picture is null || _picture.Width != view.Width || _picture.Height != view.Height)
            {
                _picture = new Picture(view.Width, view.Height);
            }

            Copy(in view, _picture);
            _classes.Clear();
            _classes.AddRange(network.Answer.Classes);
            _detections.Clear();
            _detections.AddRange(network.Answer.Detections);
            (_spec, _caption, _number) = (network.Spec, network.Bundle.Name, number);
            _busy = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Finishes the picture in hand.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private unsafe void Copy(in PixelView view, Picture picture)
    {
        _lines.Start(in view);
        int bytes = view.Width * 3;
        for (int y = 0; y < view.Height; y++)
        {
            new ReadOnlySpan<byte>(_lines.Line(y), bytes).CopyTo(picture.Rgb.AsSpan(y * bytes, bytes));
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A picture that cannot be written is counted; answering goes on.")]
    private void Work()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_busy)
                {
                    if (_stop)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }
            }

            try
            {
                Picture drawn = _classes.Count > 0 ? Annotator.Classes(_picture!, _classes, _spec!)
                    : _spec!.Task == VisionTask.Detection ? Annotator.Detections(_picture!, _detections, _spec)
                    : Annotator.Caption(_picture!, _caption);
                _folder.Add(DateTime.UtcNow, _number, stream => PngWriter.Write(drawn, stream));
                if (_failing)
                {
                    _failing = false;
                    _log.Note("pictures-back", $"Pictures are written again; {Lost} were lost.");
                }
            }
            catch (Exception e)
            {
                Lost++;
                if (!_failing)
                {
                    _failing = true;
                    _log.Warn("pictures-failing", $"Pictures cannot be written ({e.Message.TrimEnd('.')}); they are lost until they can. Make room on the disk.");
                }
            }

            lock (_gate)
            {
                _busy = false;
            }
        }
    }
}
