using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Energy;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Power as one JSON document (<c>edgert.power</c>, version 1).</summary>
internal sealed class PowerJsonReport : IPowerReport
{
    private readonly JsonReport _report;

    /// <param name="terminal">Where to write.</param>
    /// <param name="source">Tag of the sensor.</param>
    public PowerJsonReport(Terminal terminal, string source)
    {
        _report = new JsonReport(terminal, "edgert.power");
        _report.Writer.WriteString("source", source);
        _report.Writer.WriteStartArray("seconds");
    }

    /// <inheritdoc/>
    public void Add(double seconds, double watts, double joules)
    {
        _report.Writer.WriteStartObject();
        _report.Number("t", seconds);
        _report.Number("watts", watts);
        _report.Number("joules", joules);
        _report.Writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public void Finish(MeterTotals totals, double? idleWatts)
    {
        _report.Writer.WriteEndArray();
        double mean = totals.Joules / totals.CoveredSeconds;
        _report.Number("mean_watts", mean);
        _report.Number("idle_watts", idleWatts ?? double.NaN);
        _report.Number("net_watts", mean - (idleWatts ?? double.NaN));
        _report.Number("joules", totals.Joules);
        _report.Number("covered_seconds", totals.CoveredSeconds);
        _report.Number("gap_seconds", totals.GapSeconds);
        _report.Writer.WriteNumber("readings", totals.Readings);
        _report.Writer.WriteNumber("failures", totals.Failures);
        _report.Finish();
    }

    /// <inheritdoc/>
    public void Dispose() => _report.Dispose();
}
