using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Device;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;
using EdgeRuntime.Energy.Sensors;
using EdgeRuntime.Governing;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cli.Watching;

/// <summary>Opens what the options about energy and goals ask for.</summary>
internal sealed class WatchEnergy : IDisposable
{
    private readonly EnergyMeter? _meter;
    private readonly EnergyLogQueue? _log;
    private readonly HealthSampler? _health;

    private WatchEnergy(EnergySources sources)
    {
        Sources = sources;
        (_meter, _log, _health) = (sources.Meter, sources.Log, sources.Health);
    }

    /// <summary>What the policy works with.</summary>
    public EnergySources Sources { get; }

    /// <summary>Goals as typed.</summary>
    /// <exception cref="EdgeRuntimeException">A goal makes no sense; exit code 2.</exception>
    public static Goals GoalsOf(Arguments arguments) => new Goals
    {
        MaxWatts = CapsOf(arguments) is [var first, ..] ? first.Watts : null,
        MaxJoulesPerFrame = Optional(arguments, WatchOptionSpecs.MaxJoules),
        BatteryHours = Optional(arguments, WatchOptionSpecs.BatteryHours),
        DeadlineMs = Optional(arguments, WatchOptionSpecs.Deadline),
        MinFps = Optional(arguments, WatchOptionSpecs.MinFps),
        MaxCelsius = Optional(arguments, WatchOptionSpecs.MaxCelsius),
    }.Checked(CommonOptions.IdleWattsOf(arguments));

    /// <summary>Caps on power as typed, the first from the start; null for none. All of them are checked.</summary>
    /// <exception cref="EdgeRuntimeException">One makes no sense; exit code 2.</exception>
    public static PowerCap[]? CapsOf(Arguments arguments)
    {
        PowerCap[]? caps = arguments.Value(WatchOptionSpecs.MaxWatts) is { } text ? PowerCap.Parse(text) : null;
        foreach (PowerCap cap in caps ?? [])
        {
            new Goals { MaxWatts = cap.Watts }.Checked(CommonOptions.IdleWattsOf(arguments));
        }

        return caps;
    }

    /// <summary>Opens sensors and log.</summary>
    /// <exception cref="EdgeRuntimeException">One of them cannot be opened.</exception>
    public static WatchEnergy Open(Arguments arguments, Goals goals, int threads, IDeviceLog log)
    {
        string? path = arguments.Value(WatchOptionSpecs.EnergyLog);
        bool wanted = arguments.Value(CommonOptions.EnergySource) is not null || path is not null
            || goals.MaxWatts is not null || goals.MaxJoulesPerFrame is not null || goals.BatteryHours is not null;
        IPowerSensor? sensor = wanted ? CommonOptions.EnergySensor(arguments, CommonOptions.EnergySource, threads) : null;
        EnergyMeter? meter = null;
        EnergyLogQueue? queue = null;
        HealthSampler? health = null;
        try
        {
            ModelSensor? model = sensor as ModelSensor;
            double? idle = CommonOptions.IdleWattsOf(arguments) ?? model?.Power.IdleWatts;
            health = goals.Any ? Health(goals, log) : null;
            if (sensor is not null)
            {
                meter = new EnergyMeter(sensor, idle);
                meter.Noticed += notice => Tell(notice, log);
                queue = path is null ? null : new EnergyLogQueue(OpenLog(path, sensor.Source, idle, arguments, log), meter);
                meter.Start();
            }

            return new WatchEnergy(new EnergySources(meter, health, queue, idle, model?.ActiveWatts));
        }
        catch
        {
            queue?.Dispose();
            health?.Dispose();
            (meter as IDisposable ?? sensor)?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log?.Dispose();
        _meter?.Dispose();
        _health?.Dispose();
    }

    private static double? Optional(Arguments arguments, OptionSpec option)
        => arguments.Value(option) is null ? null : arguments.Number(option, 0, double.MinValue, double.MaxValue);

    private static EnergyLog OpenLog(string path, string source, double? idle, Arguments arguments, IDeviceLog log)
    {
        long bytes = arguments.Integer(WatchOptionSpecs.EnergyLogMegabytes, 16, 1, 100_000) * (1L << 20);
        EnergyLog opened = EnergyLog.Open(path, source, idle, new EnergyLogOptions { MaximumBytes = bytes });
        opened.Noticed += text => log.Warn("energy-log", text);
        if (opened.RecoveredBytes > 0)
        {
            log.Note("energy-log", $"{path} ended in an unfinished record; {opened.RecoveredBytes} byte(s) were cut off.");
        }

        return opened;
    }

    private static HealthSampler Health(Goals goals, IDeviceLog log)
    {
        BoardHealth board = new(CommonOptions.Root);
        BatteryGauge? battery = null;
        try
        {
            battery = goals.BatteryHours is null ? null : BatteryGauge.Open(CommonOptions.Root);
        }
        catch (SensorException)
        {
            board.Dispose();
            throw;
        }

        if (goals.MaxCelsius is not null && !board.HasTemperature)
        {
            log.Warn("no-temperature", "This system tells no temperature (/sys/class/thermal), so '--max-celsius' cannot be kept by measuring.");
        }

        return new HealthSampler(board, battery);
    }

    private static void Tell(in MeterNotice notice, IDeviceLog log)
    {
        // Gaps stand in the energy log; told here, a busy machine would fill the terminal with them.
        switch (notice.Kind)
        {
            case MeterNoticeKind.SensorLost:
                log.Warn("sensor-lost", notice.Message);
                break;
            case MeterNoticeKind.SensorBack:
                log.Note("sensor-back", notice.Message + ".");
                break;
        }
    }
}
