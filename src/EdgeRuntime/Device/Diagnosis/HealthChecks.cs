using System.Globalization;
using EdgeRuntime.Governing;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What holds the machine back.</summary>
internal static class HealthChecks
{
    private const string Flags = "sys/devices/platform/soc/soc:firmware/get_throttled";
    private const double HotCelsius = 80;

    // The same four flags again, for what has happened since the start.
    private const int StickyShift = 16;

    public static Finding Supply(SystemTree tree, BoardFacts? board)
    {
        const string Mend = "Use the board's own supply and a short, thick cable; take loads off its USB ports";
        Finding low = new("supply", FindingState.Problem, "the supply's voltage is too low now: the board slows itself down and may stop", Mend);
        if (!int.TryParse(tree.Text(Flags), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int flags))
        {
            using BoardHealth health = new(tree.Root);
            return health.ReadUnderVoltageAlarm() switch
            {
                true => low,
                false => new Finding("supply", FindingState.Ok, "no under-voltage now; this kernel does not tell of the past"),
                null => new Finding("supply", FindingState.Absent, board?.HasHeader == true ? "the firmware does not tell whether the supply is weak" : "this machine does not tell whether its supply is weak"),
            };
        }

        ThrottleFlags now = (ThrottleFlags)(flags & 15), before = (ThrottleFlags)((flags >> StickyShift) & 15);
        return now.HasFlag(ThrottleFlags.UnderVoltage) ? low
            : now != ThrottleFlags.None ? new Finding("supply", FindingState.Warning, "the firmware holds the clock back now", "Cool the board: a heat sink or a fan, and air around it")
            : before.HasFlag(ThrottleFlags.UnderVoltage) ? new Finding("supply", FindingState.Warning, "the supply's voltage has been too low since the start", Mend)
            : before != ThrottleFlags.None ? new Finding("supply", FindingState.Warning, "the firmware has held the clock back since the start", "Cool the board: a heat sink or a fan, and air around it")
            : new Finding("supply", FindingState.Ok, "never under-voltage and never throttled since the start");
    }

    public static Finding Temperature(SystemTree tree)
    {
        using BoardHealth health = new(tree.Root);
        double celsius = health.ReadCelsius();
        return double.IsNaN(celsius) ? new Finding("temperature", FindingState.Absent, "this system tells no temperature, so '--max-celsius' cannot be kept")
            : celsius >= HotCelsius ? new Finding("temperature", FindingState.Warning, string.Create(CultureInfo.InvariantCulture, $"{celsius:0.0} °C: the firmware will slow the processor down"), "Cool the board: a heat sink or a fan, and air around it")
            : new Finding("temperature", FindingState.Ok, string.Create(CultureInfo.InvariantCulture, $"{celsius:0.0} °C"));
    }

    public static Finding Governor(SystemTree tree)
    {
        const string Folder = "sys/devices/system/cpu/cpu0/cpufreq";
        string? governor = tree.Text($"{Folder}/scaling_governor");
        if (governor is null)
        {
            return new Finding("cpu-governor", FindingState.Absent, "the clock is not governed by this system");
        }

        long? highest = tree.Number($"{Folder}/cpuinfo_max_freq"), allowed = tree.Number($"{Folder}/scaling_max_freq");
        return allowed < highest ? new Finding("cpu-governor", FindingState.Warning, $"the clock is limited to {allowed / 1000} of {highest / 1000} MHz", $"echo {highest} | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_max_freq")
            : governor == "powersave" ? new Finding("cpu-governor", FindingState.Warning, "the governor 'powersave' keeps the lowest clock", "echo ondemand | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor")
            : new Finding("cpu-governor", FindingState.Ok, $"'{governor}'{(highest is null ? "" : $", up to {highest / 1000} MHz")}{(governor == "performance" ? "" : "; for steady measurements use 'performance'")}");
    }
}
