namespace GovernorSim;

/// <summary>The frames of a trace with everything that does not depend on the choice, so that governor and oracle meet the same world.</summary>
internal sealed class World
{
    private readonly Trace _trace;
    private readonly double[] _noise;

    public World(Trace trace)
    {
        _trace = trace;
        Random random = new(trace.Seed);

        // By number of the frame: the n-th frame of every run has the same luck.
        _noise = new double[200_000];
        for (int i = 0; i < _noise.Length; i++)
        {
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            _noise[i] = Math.Max(1 + (trace.Noise * normal), 0.5) * (random.NextDouble() < trace.Outliers ? 3 : 1);
        }
    }

    public Trace Trace => _trace;

    /// <summary>Milliseconds of a frame at a choice.</summary>
    public double Milliseconds(int frame, double seconds, int choice)
        => _trace.Choices[choice].Milliseconds * (_trace.TrueFactors.Length > 0 ? _trace.TrueFactors[choice] : 1) * _trace.SlowDown.At(seconds) * _noise[frame % _noise.Length];

    /// <summary>Noise of a measurement of power.</summary>
    public double PowerNoise(int frame) => 1 + (_trace.PowerNoise * ((_noise[(frame + 7919) % _noise.Length] - 1) / Math.Max(_trace.Noise, 1e-9)));

    /// <summary>When the frame behind one starts: frames that come while one is worked on are dropped.</summary>
    public double NextStart(double start, double end, double pause)
    {
        double period = _trace.Period.At(start);
        if (period <= 0)
        {
            return Math.Max(end, start + pause);
        }

        double next = start + period;
        while (next < end || next < start + pause - 1e-9)
        {
            next += Math.Max(_trace.Period.At(next), 1e-3);
        }

        return next;
    }
}
