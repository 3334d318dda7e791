namespace GovernorSim;

/// <summary>A function of time by its knots: constant before the first and behind the last, straight in between.</summary>
internal sealed class Curve(params (double Seconds, double Value)[] knots)
{
    /// <summary>A number that does not change.</summary>
    public static Curve Constant(double value) => new((0, value));

    /// <summary>Jumps from value to value.</summary>
    public static Curve Steps(params (double Seconds, double Value)[] steps)
    {
        List<(double, double)> knots = [];
        for (int i = 0; i < steps.Length; i++)
        {
            if (i > 0)
            {
                knots.Add((steps[i].Seconds - 1e-6, steps[i - 1].Value));
            }

            knots.Add(steps[i]);
        }

        return new Curve([.. knots]);
    }

    /// <summary>Value at a time.</summary>
    public double At(double seconds)
    {
        int after = Array.FindIndex(knots, k => k.Seconds > seconds);
        if (after <= 0)
        {
            return after < 0 ? knots[^1].Value : knots[0].Value;
        }

        (double from, double low) = knots[after - 1];
        (double to, double high) = knots[after];
        return low + ((high - low) * (seconds - from) / (to - from));
    }
}
