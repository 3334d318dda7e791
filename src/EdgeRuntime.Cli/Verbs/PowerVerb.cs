using System.Globalization;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;
using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert power</c>: shows and logs what the board draws.</summary>
internal sealed class PowerVerb : IVerb
{
    private static readonly OptionSpec Sensor = CommonOptions.EnergySource with { Name = "--sensor" };
    private static readonly OptionSpec Seconds = new("--seconds", "N", "How long (default 10; 0: until Ctrl-C).");
    private static readonly OptionSpec Interval = new("--interval-ms", "MS", "Time between readings (default: the sensor's own).");
    private static readonly OptionSpec Log = new("--log", "FILE", "Append to an energy log, one record a second.");
    private static readonly OptionSpec LogMegabytes = new("--log-mb", "MB", "Most that the log and its older files may take (default 16).");
    private static readonly OptionSpec List = new("--list", null, "List the sensors of this machine and end.");

    public string Name => "power";

    public string Summary => "shows and logs what the board draws";

    public string Operands => "";

    public string[] Examples => ["power --sensor ina219@1-0040,shunt=0.1", "power --list", "power --seconds 0 --log energy.jsonl", "power --sensor rapl --seconds 5 --json"];

    public OptionSpec[] Options => [Sensor, Seconds, Interval, CommonOptions.IdleWatts, Log, LogMegabytes, List, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        arguments.NoOperands();
        if (arguments.Has(List))
        {
            return ListSensors(terminal, arguments.Has(CommonOptions.Json));
        }

        double seconds = arguments.Number(Seconds, 10, 0, 1e7);
        double interval = arguments.Number(Interval, 0, 1, 60_000);
        long logBytes = arguments.Integer(LogMegabytes, 16, 1, 100_000) * (1L << 20);
        double? idle = CommonOptions.IdleWattsOf(arguments);
        using IPowerSensor sensor = CommonOptions.EnergySensor(arguments, Sensor, 1);
        using EnergyLog? log = arguments.Value(Log) is { } path ? EnergyLog.Open(path, sensor.Source, idle, new EnergyLogOptions { MaximumBytes = logBytes }) : null;
        using EnergyMeter meter = new(sensor, idle, interval > 0 ? TimeSpan.FromMilliseconds(interval) : null);
        using IPowerReport report = arguments.Has(CommonOptions.Json) ? new PowerJsonReport(terminal, meter.Source) : new PowerTextReport(terminal, meter.Source);
        if (log is not null)
        {
            log.Noticed += terminal.Warning;
            Tell(terminal, log);
        }

        meter.Noticed += notice =>
        {
            terminal.Warning(notice.Message);
            log?.Notice(notice);
        };
        meter.Start();
        Watch(meter, log, report, seconds > 0 ? seconds : double.PositiveInfinity, cancellation);
        report.Finish(meter.Totals, idle);
        return cancellation.IsCancellationRequested && seconds > 0 ? ExitCode.Interrupted : ExitCode.Ok;
    }

    private static void Tell(Terminal terminal, EnergyLog log)
    {
        if (log.RecoveredBytes > 0)
        {
            terminal.Note($"the log ended in an unfinished record; {log.RecoveredBytes} byte(s) were cut off");
        }
    }

    private static void Watch(EnergyMeter meter, EnergyLog? log, IPowerReport report, double seconds, CancellationToken cancellation)
    {
        MeterTotals before = meter.Totals;
        double start = before.Seconds;
        for (int tick = 1; !cancellation.IsCancellationRequested; tick++)
        {
            double due = start + Math.Min(tick, seconds);
            cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Max(due - meter.Now, 0)));
            MeterTotals now = meter.Totals;
            double covered = now.CoveredSeconds - before.CoveredSeconds;
            double watts = covered > 0 ? (now.Joules - before.Joules) / covered : double.NaN;
            report.Add(now.Seconds - start, watts, now.Joules);
            log?.Power(watts, now.Joules, covered);
            before = now;
            if (tick >= seconds)
            {
                return;
            }
        }
    }

    private static int ListSensors(Terminal terminal, bool json)
    {
        List<(string Spec, string? Problem)> sensors = new PowerSensors(CommonOptions.Root).List();
        if (json)
        {
            using JsonReport report = new(terminal, "edgert.power");
            report.Writer.WriteStartArray("sensors");
            foreach ((string spec, string? problem) in sensors)
            {
                report.Writer.WriteStartObject();
                report.Writer.WriteString("sensor", spec);
                report.Writer.WriteBoolean("works", problem is null);
                report.Writer.WriteString("problem", problem);
                report.Writer.WriteEndObject();
            }

            report.Writer.WriteEndArray();
            report.Finish();
            return ExitCode.Ok;
        }

        TextTable table = new("sensor", "state");
        foreach ((string spec, string? problem) in sensors)
        {
            table.Add(spec, problem ?? "works");
        }

        table.Write(terminal);
        terminal.WriteLine("Sensors on the I2C bus are named by address: ina219@1-0040,shunt=0.1 (also ina226, ina260). 'replay:FILE' plays a recording.");
        return ExitCode.Ok;
    }
}
