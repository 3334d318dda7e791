namespace EdgeRuntime.Energy;

/// <summary>Reads a sensor on a thread of its own and tells the energy of frames and of spans of time.</summary>
/// <remarks>
/// Times are seconds since construction on the monotonic clock. Frames belong to one thread; everything else may be asked from any. Nothing is
/// allocated per reading or frame while the sensor answers. A sensor that fails is asked again, less and less often, up to every ten seconds.
/// </remarks>
public sealed class EnergyMeter : IDisposable
{
    private const int Kept = 16384;
    private const double SlowestRetry = 10;

    private readonly IPowerSensor _sensor;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly EnergyCurve _curve;
    private readonly Lock _curveLock = new();
    private readonly Lock _sensorLock = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TimeSpan _interval;
    private Thread? _thread;
    private long _readings;
    private long _failures;
    private bool _alive = true;
    private double _lostAt;
    private double _begin = double.NaN;
    private double _previousBegin = double.NaN;

    /// <param name="sensor">What to read; the meter disposes it.</param>
    /// <param name="idleWatts">What the board draws when idle, for net energy; null if unknown.</param>
    /// <param name="interval">Time between readings; null takes the sensor's own.</param>
    /// <param name="time">Clock; null is the system's (CLOCK_MONOTONIC).</param>
    public EnergyMeter(IPowerSensor sensor, double? idleWatts = null, TimeSpan? interval = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(sensor);
        _sensor = sensor;
        _time = time ?? TimeProvider.System;
        _start = _time.GetTimestamp();
        _interval = interval ?? sensor.Interval;
        IdleWatts = idleWatts;

        // A few readings late is the scheduler; more is not known.
        _curve = new EnergyCurve(Kept, Math.Max(5 * _interval.TotalSeconds, 0.25));
    }

    /// <summary>Told of lost sensors and gaps, once per change, on the thread that found out.</summary>
    public event Action<MeterNotice>? Noticed;

    /// <summary>The tag for every figure of this meter.</summary>
    public string Source => _sensor.Source;

    /// <summary>What the idle board draws; null if unknown. May be set once it has been measured.</summary>
    public double? IdleWatts { get; set; }

    /// <summary>Seconds on the meter's clock.</summary>
    public double Now => _time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Starts reading.</summary>
    public void Start()
    {
        if (_thread is not null)
        {
            throw new InvalidOperationException("The meter runs already.");
        }

        Sample();
        _thread = new Thread(Loop) { IsBackground = true, Name = "energy meter" };
        _thread.Start();
    }

    /// <summary>A frame's work begins now.</summary>
    public void BeginFrame()
    {
        SetBusy(true);
        _previousBegin = _begin;
        _begin = Now;
    }

    /// <summary>The frame's work has ended.</summary>
    public FrameEnergy EndFrame()
    {
        double end = Now;
        SetBusy(false);
        double seconds = end - _begin;
        lock (_curveLock)
        {
            double gross = _curve.Between(_begin, end);
            return new FrameEnergy(seconds, gross, gross - ((IdleWatts ?? double.NaN) * seconds), _begin - _previousBegin, _curve.Between(_previousBegin, _begin));
        }
    }

    /// <summary>Joules between two times on the meter's clock; NaN where the sensor was silent in between.</summary>
    public double Between(double from, double to)
    {
        lock (_curveLock)
        {
            return _curve.Between(from, to);
        }
    }

    /// <summary>Sums so far.</summary>
    public MeterTotals Totals
    {
        get
        {
            double now = Now;
            lock (_curveLock)
            {
                bool known = _alive && now - _curve.LastSeconds <= _curve.LargestGap;
                return new MeterTotals(now, known ? _curve.Watts : double.NaN, _curve.Joules, _curve.CoveredSeconds, _curve.GapSeconds, _readings, _failures, _alive);
            }
        }
    }

    /// <summary>Reads the sensor now. The meter's thread does it all the time; tests with a clock of their own do it by hand.</summary>
    /// <returns>Whether the sensor answered.</returns>
    public bool Sample()
    {
        MeterNotice? notice = null;
        bool answered;
        lock (_sensorLock)
        {
            answered = Take(ref notice);
        }

        if (notice is { } told)
        {
            Noticed?.Invoke(told);
        }

        return answered;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _sensor.Dispose();
        _stop.Dispose();
    }

    private bool Take(ref MeterNotice? notice)
    {
        double before = Now;
        PowerReading reading;
        try
        {
            reading = _sensor.Read();
        }
        catch (SensorException e)
        {
            _failures++;
            if (_alive)
            {
                _alive = false;
                _lostAt = before;
                notice = new MeterNotice(MeterNoticeKind.SensorLost, before, 0, e.Message);
            }

            return false;
        }

        // A reading over a slow bus belongs to the middle of the time that it took.
        double at = (before + Now) / 2;
        double gap;
        lock (_curveLock)
        {
            gap = _curve.Add(at, reading);
            _readings += reading.IsFresh ? 1 : 0;
        }

        if (!_alive)
        {
            _alive = true;
            notice = new MeterNotice(MeterNoticeKind.SensorBack, at, at - _lostAt, FormattableString.Invariant($"{Source} answers again after {at - _lostAt:0.0} s"));
        }
        else if (gap > 0)
        {
            notice = new MeterNotice(MeterNoticeKind.Gap, at, gap, FormattableString.Invariant($"{Source} said nothing for {gap:0.00} s; the energy of that time is not known"));
        }

        return true;
    }

    private void SetBusy(bool busy)
    {
        if (_sensor is IWorkloadModel model)
        {
            lock (_sensorLock)
            {
                model.SetBusy(busy);
            }
        }

        if (_sensor.IsImmediate)
        {
            Sample();
        }
    }

    private void Loop()
    {
        double wait = _interval.TotalSeconds;
        double due = Now + wait;
        while (!_stop.Wait(TimeSpan.FromSeconds(Math.Max(due - Now, 0.0005))))
        {
            wait = Sample() ? _interval.TotalSeconds : Math.Min(Math.Max(2 * wait, 0.1), SlowestRetry);
            due = Math.Max(due + wait, Now);
        }
    }
}
