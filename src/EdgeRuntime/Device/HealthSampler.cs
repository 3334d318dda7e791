using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;
using EdgeRuntime.Governing;

namespace EdgeRuntime.Device;

/// <summary>Reads battery, temperature and throttle flags once a second on a thread of its own, so that the inference thread never waits for a slow bus.</summary>
public sealed class HealthSampler : IDisposable
{
    private const int PeriodMilliseconds = 1000;

    private readonly BoardHealth _board;
    private readonly BatteryGauge? _battery;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private double _batteryJoules = double.NaN;
    private double _celsius = double.NaN;
    private int _throttled;

    /// <summary>Takes a first reading and starts.</summary>
    /// <param name="board">Owned from now on.</param>
    /// <param name="battery">Owned from now on; null for none.</param>
    public HealthSampler(BoardHealth board, BatteryGauge? battery)
    {
        _board = board;
        _battery = battery;
        Sample();
        _thread = new Thread(Loop) { IsBackground = true, Name = "health" };
        _thread.Start();
    }

    /// <summary>Energy left in the battery; NaN while unknown.</summary>
    public double BatteryJoules => Volatile.Read(ref _batteryJoules);

    /// <summary>Temperature of the processor; NaN while unknown.</summary>
    public double Celsius => Volatile.Read(ref _celsius);

    /// <summary>What holds the board back.</summary>
    public ThrottleFlags Throttled => (ThrottleFlags)Volatile.Read(ref _throttled);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _board.Dispose();
        _battery?.Dispose();
        _stop.Dispose();
    }

    private void Loop()
    {
        while (!_stop.Wait(PeriodMilliseconds))
        {
            Sample();
        }
    }

    private void Sample()
    {
        Volatile.Write(ref _celsius, _board.ReadCelsius());
        Volatile.Write(ref _throttled, (int)_board.ReadThrottleFlags());
        double joules = double.NaN;
        try
        {
            joules = _battery?.ReadState().JoulesLeft ?? double.NaN;
        }
        catch (SensorException)
        {
            // The governor tells when the gauge stops answering and when it answers again.
        }

        Volatile.Write(ref _batteryJoules, joules);
    }
}
