using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;
using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Options that several verbs share, so that they mean the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>Most threads that a session takes.</summary>
    public const int MaximumThreads = 64;

    public static readonly OptionSpec Help = new("--help", null, "Show this text.");

    public static readonly OptionSpec Json = new("--json", null, "Write one JSON document to stdout.");

    public static readonly OptionSpec Point = new("--point", "P", "Operating point (default: the first, dense).", "EDGERT_POINT");

    public static readonly OptionSpec Points = new("--point", "P|all", "Operating point, or all of them (default: the first, dense).", "EDGERT_POINT");

    public static readonly OptionSpec Threads = new("--threads", "N", "Threads, 1 to 64 (default: cores, at most 4).", "EDGERT_THREADS");

    public static readonly OptionSpec EnergySource = new("--energy-source", "SENSOR",
        "Where power comes from: auto, ina219@1-0040,shunt=0.1, ina226@…, ina260@…, hwmon, pmic, battery, rapl, replay:FILE, model:BOARD (default: auto).", "EDGERT_ENERGY_SOURCE");

    public static readonly OptionSpec IdleWatts = new("--idle-watts", "W", "What the idle board draws, for energy net of idle.", "EDGERT_IDLE_WATTS");

    /// <summary>Names the folder that stands for <c>/</c> when sensors are looked for, so that recorded trees can be read.</summary>
    public const string RootVariable = "EDGERT_ROOT";

    /// <summary>The sensor asked for.</summary>
    public static IPowerSensor EnergySensor(Arguments arguments, OptionSpec option, int threads)
        => new PowerSensors(Root, threads).Open(arguments.Value(option) ?? "auto");

    /// <summary>Idle power asked for; null when not given.</summary>
    public static double? IdleWattsOf(Arguments arguments)
        => arguments.Value(IdleWatts) is null ? null : arguments.Number(IdleWatts, 0, 0, 10_000);

    /// <summary>An output line asked for, taken and driven to a level; null when not given.</summary>
    public static GpioOutput? GpioLine(Arguments arguments, OptionSpec option, bool level)
        => arguments.Value(option) is { } text ? new GpioOutput(GpioAddress.Parse(text, text.Split(':')), level) : null;

    /// <summary>Where sensors are looked for.</summary>
    public static string Root => Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root ? root : "/";

    /// <summary>Threads asked for.</summary>
    public static int ThreadsOf(Arguments arguments)
        => arguments.Integer(Threads, Math.Clamp(Environment.ProcessorCount, 1, 4), 1, MaximumThreads);
}
