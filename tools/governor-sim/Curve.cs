namespace GovernorSim;

/// <summary>A function of time by its knots: constant before the first and behind the last, straight in between.</summary>
internal sealed class Curve
{
    private readonly double[] _seconds;
    private readonly double[] _values;

    /// <param name="knots">By rising time.</param>
    public Curve(params (double Seconds, double Value)[] knots)
    {
        _seconds = Array.ConvertAll(knots, k => k.Seconds);
        _values = Array.ConvertAll(knots, k => k.Value);
    }

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
        int found = Array.BinarySearch(_seconds, seconds);
        int after = found >= 0 ? found + 1 : ~found;
        if (after == 0 || after == _seconds.Length)
        {
            return _values[after == 0 ? 0 : ^1];
        }

        double share = (seconds - _seconds[after - 1]) / (_seconds[after] - _seconds[after - 1]);
        return _values[after - 1] + ((_values[after] - _values[after - 1]) * share);
    }
}
