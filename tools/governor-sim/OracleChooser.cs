using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Chooses with full knowledge: true costs of the frame at hand, and one price of time per stretch of goals that was tuned on the whole future.</summary>
/// <remarks>
/// Of a mean goal the best answers at a given price are those that maximise quality less price times cost, frame by frame (Lagrange). The
/// price is spread a little from frame to frame, since at one price all equal frames would choose alike.
/// </remarks>
internal sealed class OracleChooser(World world, double[] prices) : IChooser
{
    private const double Spread = 0.04;
    private const double GoldenRatio = 0.6180339887498949;

    public int Choose(in Moment moment)
    {
        Trace trace = world.Trace;
        double start = moment.Start;
        Goals goals = trace.GoalsAt(start);
        double price = prices[Array.FindLastIndex(trace.Goals, g => g.From <= start)] * (1 + (Spread * ((moment.Number * GoldenRatio % 1) - 0.5)));
        int best = 0;
        double bestValue = double.NegativeInfinity;
        for (int i = 0; i < trace.Choices.Length; i++)
        {
            double milliseconds = world.Milliseconds(moment.Number, start, i);
            double value = trace.Choices[i].Quality - (price * milliseconds);
            if (value > bestValue && (i == 0 || Allowed(trace, moment, goals, i, milliseconds)))
            {
                (best, bestValue) = (i, value);
            }
        }

        return best;
    }

    public double Done(in Moment moment, double milliseconds, Frame? previous)
    {
        Trace trace = world.Trace;
        return trace.IsUnreachable && trace.GoalsAt(moment.Start).MaxWatts is { } watts
            ? trace.ExtraWatts.At(moment.Start) * milliseconds * 1e-3 / (watts - trace.IdleWatts) : 0;
    }

    private bool Allowed(Trace trace, in Moment moment, Goals goals, int choice, double milliseconds)
    {
        double span = world.NextStart(moment.Start, moment.Start + (milliseconds * 1e-3), 0) - moment.Start;
        Frame frame = Simulation.Of(trace, moment, choice, milliseconds, span);
        return !(milliseconds > goals.DeadlineMs) && !(frame.Celsius > goals.MaxCelsius)
            && Simulation.SecondWatts(moment, frame.Watts, span) <= trace.SupplyWatts.At(moment.Start);
    }
}
