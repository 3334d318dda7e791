namespace EdgeRuntime.Energy;

/// <summary>Energy over time from readings: a ring of the latest ones with the running sum, by the trapezoid rule. Not thread-safe; allocates nothing after construction.</summary>
/// <param name="capacity">Readings kept; older times can no longer be asked for.</param>
/// <param name="largestGap">Seconds between readings of power from which on nothing is known in between. Counters know no gaps.</param>
public sealed class EnergyCurve(int capacity, double largestGap)
{
    private enum Segment
    {
        /// <summary>Power ran in a straight line from the reading before.</summary>
        Line,

        /// <summary>A counter gave the energy since the reading before, spread evenly.</summary>
        Counter,

        /// <summary>Nothing is known since the reading before.</summary>
        Gap,
    }

    private readonly Knot[] _knots = new Knot[capacity];
    private int _first;
    private int _count;

    /// <summary>Joules of all covered time.</summary>
    public double Joules => _count == 0 ? 0 : Last.Joules;

    /// <summary>Seconds that readings cover.</summary>
    public double CoveredSeconds { get; private set; }

    /// <summary>Seconds in gaps.</summary>
    public double GapSeconds { get; private set; }

    /// <summary>Gaps so far.</summary>
    public int Gaps { get; private set; }

    /// <summary>Power at the last reading (of a counter: since the one before); NaN before the first.</summary>
    public double Watts => _count == 0 ? double.NaN : Last.Watts;

    /// <summary>Time of the last reading in seconds; NaN before the first.</summary>
    public double LastSeconds => _count == 0 ? double.NaN : Last.Seconds;

    /// <summary>Seconds without a reading that count as a gap.</summary>
    public double LargestGap => largestGap;

    private Knot Last => At(_count - 1);

    /// <summary>Adds a reading; readings that are not fresh or not later than the last are left out.</summary>
    /// <param name="seconds">When it was taken, on a clock that never steps.</param>
    /// <param name="reading">What the sensor said.</param>
    /// <returns>Length of the gap that it ends, or 0.</returns>
    public double Add(double seconds, PowerReading reading)
    {
        if (!reading.IsFresh || (_count > 0 && seconds <= Last.Seconds))
        {
            return 0;
        }

        if (_count == 0)
        {
            Push(new Knot(seconds, 0, reading.IsCounter ? double.NaN : reading.Watts, Segment.Gap));
            return 0;
        }

        Knot before = Last;
        double span = seconds - before.Seconds;
        if (reading.IsCounter)
        {
            CoveredSeconds += span;
            Push(new Knot(seconds, before.Joules + reading.Joules, reading.Joules / span, Segment.Counter));
            return 0;
        }

        if (span > largestGap || double.IsNaN(before.Watts))
        {
            GapSeconds += span;
            Gaps++;
            Push(new Knot(seconds, before.Joules, reading.Watts, Segment.Gap));
            return span;
        }

        CoveredSeconds += span;
        Push(new Knot(seconds, before.Joules + ((before.Watts + reading.Watts) / 2 * span), reading.Watts, Segment.Line));
        return 0;
    }

    /// <summary>Joules between two times; behind the last reading its power is taken to last.</summary>
    /// <returns>NaN where a gap, or time out of reach, lies in between.</returns>
    public double Between(double from, double to)
    {
        if (_count == 0 || from < At(0).Seconds || to < from || to - Last.Seconds > largestGap)
        {
            return double.NaN;
        }

        int at = Find(from);
        for (int i = at + 1; i < _count && At(i - 1).Seconds < to; i++)
        {
            if (At(i).Kind == Segment.Gap)
            {
                return double.NaN;
            }
        }

        return JoulesAt(to) - JoulesAt(from);
    }

    private double JoulesAt(double seconds)
    {
        int at = Find(seconds);
        Knot before = At(at);
        double past = seconds - before.Seconds;
        if (past <= 0)
        {
            return before.Joules;
        }

        if (at == _count - 1)
        {
            return before.Joules + (past * before.Watts);
        }

        Knot after = At(at + 1);
        double span = after.Seconds - before.Seconds;
        return after.Kind == Segment.Counter ? before.Joules + ((after.Joules - before.Joules) * past / span)
            : before.Joules + (past * (before.Watts + ((after.Watts - before.Watts) * past / span / 2)));
    }

    // Questions are about the latest readings, so the search starts there.
    private int Find(double seconds)
    {
        int at = _count - 1;
        while (at > 0 && At(at).Seconds > seconds)
        {
            at--;
        }

        return at;
    }

    private Knot At(int index) => _knots[(_first + index) % capacity];

    private void Push(Knot knot)
    {
        if (_count == capacity)
        {
            _first = (_first + 1) % capacity;
            _count--;
        }

        _knots[(_first + _count++) % capacity] = knot;
    }

    private readonly record struct Knot(double Seconds, double Joules, double Watts, Segment Kind);
}
