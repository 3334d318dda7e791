using EdgeRuntime.Energy;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Takes what <c>edgert power</c> sees, second by second.</summary>
internal interface IPowerReport : IDisposable
{
    /// <summary>Reports a second: mean watts in it (NaN: not known) and joules since the start.</summary>
    void Add(double seconds, double watts, double joules);

    /// <summary>All has been reported.</summary>
    void Finish(MeterTotals totals, double? idleWatts);
}
