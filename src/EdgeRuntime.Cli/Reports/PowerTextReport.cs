using System.Globalization;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Energy;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Power as text, as it comes.</summary>
internal sealed class PowerTextReport : IPowerReport
{
    private readonly Terminal _terminal;
    private readonly string _source;
    private bool _started;

    /// <param name="terminal">Where to write.</param>
    /// <param name="source">Tag of the sensor.</param>
    public PowerTextReport(Terminal terminal, string source)
    {
        _terminal = terminal;
        _source = source;
    }

    /// <inheritdoc/>
    public void Add(double seconds, double watts, double joules)
    {
        if (!_started)
        {
            _started = true;
            _terminal.WriteLine(_terminal.Strong($"       s         W           J   {_source}"));
        }

        string power = double.IsNaN(watts) ? "-" : watts.ToString("f3", CultureInfo.InvariantCulture);
        _terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds,8:f1}  {power,8}  {joules,10:f3}"));
        _terminal.Flush();
    }

    /// <inheritdoc/>
    public void Finish(MeterTotals totals, double? idleWatts)
    {
        double mean = totals.Joules / totals.CoveredSeconds;
        string net = idleWatts is { } idle ? string.Create(CultureInfo.InvariantCulture, $", {mean - idle:f3} W above idle") : "";
        string gaps = totals.GapSeconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {totals.GapSeconds:f1} s are not covered") : "";
        _terminal.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"mean {mean:f3} W{net}, {totals.Joules:f3} J in {totals.CoveredSeconds:f1} s, {totals.Readings} readings, {totals.Failures} failed{gaps} ({_source})"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
