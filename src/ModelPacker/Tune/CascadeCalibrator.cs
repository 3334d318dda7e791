namespace ModelPacker.Tune;

/// <summary>Finds the cascade that costs least and answers as well as the best point.</summary>
/// <remarks>
/// All chains of one or two cheap points before the best one are tried, each with all thresholds that split the pictures differently (of two thresholds: quantiles). A chain is
/// as good as the best point when the mean loss in right answers is within the tolerance with 95 % confidence (paired differences over the pictures): among
/// so many thresholds some are lucky on these pictures, and with less confidence the loss on other pictures was larger than the tolerance.
/// </remarks>
public static class CascadeCalibrator
{
    private const int Quantiles = 48;

    // Of a normal distribution, 95 % lie below the mean plus so many deviations.
    private const double Confidence = 1.64;

    /// <summary>Calibrates.</summary>
    /// <param name="costs">Cost of each point, in any order and unit; the dearest is the best point.</param>
    /// <param name="margins">[point][picture] margins of the answers.</param>
    /// <param name="right">[point][picture] whether the answer is right (or, without labels, that of the best point).</param>
    /// <param name="tolerance">Share of right answers that may be lost.</param>
    /// <returns>Null where no cascade is cheaper than the cheapest single point that is as good.</returns>
    /// <exception cref="ArgumentException">The lists do not fit together.</exception>
    public static CascadeCalibration? Calibrate(double[] costs, double[][] margins, bool[][] right, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentNullException.ThrowIfNull(margins);
        ArgumentNullException.ThrowIfNull(right);
        int pictures = costs.Length > 0 && right.Length > 0 ? right[0].Length : 0;
        if (costs.Length < 2 || pictures == 0 || margins.Length != costs.Length || right.Length != costs.Length
            || Array.Exists(margins, m => m.Length != pictures) || Array.Exists(right, r => r.Length != pictures))
        {
            throw new ArgumentException("A cascade is calibrated on two or more points, with one margin and one answer per picture of each.", nameof(margins));
        }

        int best = Array.IndexOf(costs, costs.Max());
        int[] cheap = [.. Enumerable.Range(0, costs.Length).Where(p => costs[p] < costs[best]).OrderBy(p => costs[p])];
        int single = cheap.Where(p => IsAsGood(right[p], right[best], tolerance)).Append(best).First();
        Trial? found = null;
        foreach (int first in cheap)
        {
            foreach (double threshold in Thresholds(margins[first], pictures))
            {
                found = Better(found, Run(costs, margins, right, [first, best], [threshold]), right[best], tolerance);
            }

            foreach (int second in cheap.Where(p => costs[p] > costs[first]))
            {
                foreach (double one in Thresholds(margins[first], Quantiles))
                {
                    foreach (double two in Thresholds(margins[second], Quantiles))
                    {
                        found = Better(found, Run(costs, margins, right, [first, second, best], [one, two]), right[best], tolerance);
                    }
                }
            }
        }

        return found is null || found.Cost >= costs[single] ? null
            : new CascadeCalibration(Describe(found, costs, margins, right), found.Cost, Share(found.Right), single, costs[single]);
    }

    internal sealed record Trial(int[] Chain, double[] Thresholds, double Cost, bool[] Right);

    // Half-way between neighbouring margins, so that a hair more or less does not matter.
    private static IEnumerable<double> Thresholds(double[] margins, int most)
    {
        double[] sorted = [.. margins.Select(m => double.IsNaN(m) ? double.PositiveInfinity : m).Where(double.IsFinite).Distinct().Order()];
        int count = Math.Min(most, sorted.Length - 1);
        int last = -1;
        for (int q = 0; q < count; q++)
        {
            int at = (int)((long)q * (sorted.Length - 1) / count);
            if (at != last)
            {
                yield return (sorted[at] + sorted[at + 1]) / 2;
            }

            last = at;
        }
    }

    internal static Trial Run(double[] costs, double[][] margins, bool[][] right, int[] chain, double[] thresholds)
    {
        bool[] answers = new bool[right[0].Length];
        double cost = 0;
        for (int i = 0; i < answers.Length; i++)
        {
            int stage = 0;
            cost += costs[chain[0]];
            while (stage < thresholds.Length && margins[chain[stage]][i] < thresholds[stage])
            {
                stage++;
                cost += costs[chain[stage]];
            }

            answers[i] = right[chain[stage]][i];
        }

        return new Trial(chain, thresholds, cost / answers.Length, answers);
    }

    private static Trial? Better(Trial? best, Trial trial, bool[] reference, double tolerance)
        => (best is null || trial.Cost < best.Cost) && IsAsGood(trial.Right, reference, tolerance) ? trial : best;

    private static bool IsAsGood(bool[] right, bool[] reference, double tolerance)
    {
        int lost = 0;
        int changed = 0;
        for (int i = 0; i < right.Length; i++)
        {
            lost += (reference[i] ? 1 : 0) - (right[i] ? 1 : 0);
            changed += right[i] != reference[i] ? 1 : 0;
        }

        double n = right.Length;
        double mean = lost / n;
        double error = Math.Sqrt(Math.Max((changed / n) - (mean * mean), 0) / n);
        return mean + (Confidence * error) <= tolerance + 1e-12;
    }

    private static CascadeStageChoice[] Describe(Trial trial, double[] costs, double[][] margins, bool[][] right)
    {
        CascadeStageChoice[] stages = new CascadeStageChoice[trial.Chain.Length];
        bool[] reached = new bool[right[0].Length];
        Array.Fill(reached, true);
        for (int s = 0; s < stages.Length; s++)
        {
            bool last = s == stages.Length - 1;
            double accuracy = Share(Run(costs, margins, right, trial.Chain[..(s + 1)], trial.Thresholds[..s]).Right);
            int here = reached.Count(r => r);
            for (int i = 0; !last && i < reached.Length; i++)
            {
                reached[i] &= margins[trial.Chain[s]][i] < trial.Thresholds[s];
            }

            stages[s] = new CascadeStageChoice(trial.Chain[s], last ? 0 : trial.Thresholds[s], last || here == 0 ? 0 : (double)reached.Count(r => r) / here, accuracy);
        }

        return stages;
    }

    private static double Share(bool[] values) => (double)values.Count(v => v) / values.Length;
}
