using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;

namespace EdgeRuntime.Device;

/// <summary>Writes the energy log on a thread of its own: frames and switches as they come, power once a second. Bounded; what finds no room is counted.</summary>
public sealed class EnergyLogQueue : IDisposable
{
    private const int Capacity = 256;
    private const int PeriodMilliseconds = 1000;

    private readonly EnergyLog _log;
    private readonly EnergyMeter _meter;
    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly object _gate = new();
    private readonly Thread _thread;
    private MeterTotals _before;
    private int _first;
    private int _count;
    private bool _stop;

    /// <summary>Starts.</summary>
    /// <param name="log">Owned from now on.</param>
    /// <param name="meter">Asked for power; stays the caller's.</param>
    public EnergyLogQueue(EnergyLog log, EnergyMeter meter)
    {
        _log = log;
        _meter = meter;
        _before = meter.Totals;
        meter.Noticed += OnNotice;
        _thread = new Thread(Work) { IsBackground = true, Name = "energy log" };
        _thread.Start();
    }

    /// <summary>Records that found no room in the queue.</summary>
    public long Dropped { get; private set; }

    /// <summary>A frame.</summary>
    public void Frame(long number, string point, double milliseconds, in FrameEnergy energy) => Add(new Entry(number, point, milliseconds, energy, null, null));

    /// <summary>A switch of the operating point.</summary>
    public void Switch(string from, string to, string reason) => Add(new Entry(0, from, 0, default, to, reason));

    /// <summary>Writes what waits.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stop = true;
            Monitor.PulseAll(_gate);
        }

        _meter.Noticed -= OnNotice;
        _thread.Join();
        _log.Dispose();
    }

    private void OnNotice(MeterNotice notice) => _log.Notice(notice);

    private void Add(in Entry entry)
    {
        lock (_gate)
        {
            if (_count == Capacity)
            {
                Dropped++;
                return;
            }

            _entries[(_first + _count++) % Capacity] = entry;
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        long due = Environment.TickCount64 + PeriodMilliseconds;
        while (true)
        {
            Entry entry = default;
            bool some;
            lock (_gate)
            {
                int left = (int)(due - Environment.TickCount64);
                if (_count == 0 && !_stop && left > 0)
                {
                    Monitor.Wait(_gate, left);
                }

                if (_count == 0 && _stop)
                {
                    break;
                }

                some = _count > 0;
                if (some)
                {
                    entry = _entries[_first];
                    _first = (_first + 1) % Capacity;
                    _count--;
                }
            }

            if (some)
            {
                Write(in entry);
            }

            if (Environment.TickCount64 >= due)
            {
                due += PeriodMilliseconds;
                Power();
            }
        }

        Power();
    }

    private void Write(in Entry entry)
    {
        if (entry.To is not null)
        {
            _log.Switch(entry.Point, entry.To, entry.Reason!);
        }
        else
        {
            _log.Frame(entry.Number, entry.Point, entry.Milliseconds, entry.Energy);
        }
    }

    private void Power()
    {
        MeterTotals now = _meter.Totals;
        double covered = now.CoveredSeconds - _before.CoveredSeconds;
        _log.Power(covered > 0 ? (now.Joules - _before.Joules) / covered : double.NaN, now.Joules, covered);
        _before = now;
    }

    private readonly record struct Entry(long Number, string Point, double Milliseconds, FrameEnergy Energy, string? To, string? Reason);
}
