namespace EdgeRuntime.Governing;

/// <summary>Estimates how much slower than planned the machine runs, and how sure that is.</summary>
/// <remarks>
/// One scalar Kalman filter for all points with a process noise that adapts to the last correction, as in ALERT (Wan et al., "ALERT: Accurate Learning
/// for Energy and Timeliness", USENIX ATC 2020, section 3): a load that comes or goes slows every point alike, so what one point shows holds for all. The measuring noise is
/// estimated from successive differences, which slow drifts leave alone.
/// </remarks>
public readonly record struct SlowDownFilter
{
    // Of relative variances: the least that the truth may wander from frame to frame, and the least noise.
    private const double LeastProcessNoise = 1e-5;
    private const double LeastNoise = 1e-5;
    private const double Forgetting = 0.3;
    private const double NoiseForgetting = 0.05;

    // One frame far off is an outlier; two in a row, off to the same side, are a new state of the machine.
    private const double Surprise = 4;

    private const double SettledProcessNoise = 1e-4;

    /// <summary>Mean slow-down: measured over planned time; 0 before the first frame.</summary>
    public double Mean { get; init; }

    /// <summary>Variance of the mean, relative.</summary>
    public double Variance { get; init; }

    /// <summary>Variance of single frames around it, relative.</summary>
    public double Noise { get; init; }

    /// <summary>Process noise in use.</summary>
    public double Process { get; init; }

    /// <summary>The last measurement.</summary>
    public double Last { get; init; }

    /// <summary>Relative difference of the last measurement from what was expected, in standard deviations.</summary>
    public double LastSurprise { get; init; }

    /// <summary>Whether the estimate follows no change at the moment.</summary>
    public bool IsSettled => Mean > 0 && Process < SettledProcessNoise && Math.Abs(LastSurprise) < Surprise;

    /// <summary>Relative standard deviation of the next frame.</summary>
    public double Deviation => Math.Sqrt(Variance + Noise);

    /// <summary>Takes a measurement in.</summary>
    /// <param name="ratio">Measured over planned time of a frame.</param>
    public SlowDownFilter Next(double ratio)
    {
        if (Mean <= 0)
        {
            return new SlowDownFilter { Mean = ratio, Variance = 0.01, Noise = 0.0009, Process = LeastProcessNoise, Last = ratio };
        }

        double innovation = (ratio - Mean) / Mean;
        double surprise = innovation / Deviation;
        bool isChange = Math.Min(Math.Abs(surprise), Math.Abs(LastSurprise)) > Surprise && surprise * LastSurprise > 0;
        double step = (ratio - Last) / Mean;
        double noise = Math.Max(Noise + (NoiseForgetting * (Math.Min(step * step / 2, Surprise * Noise) - Noise)), LeastNoise);
        double predicted = Variance + (isChange ? innovation * innovation : Process);
        double gain = predicted / (predicted + noise);
        double correction = gain * (isChange ? innovation : Math.Clamp(innovation, -Surprise * Deviation, Surprise * Deviation));
        double process = Math.Max(LeastProcessNoise, ((1 - Forgetting) * Process) + (Forgetting * Math.Min(correction * correction, 1)));
        return new SlowDownFilter
        {
            Mean = Mean * (1 + correction),
            Variance = (1 - gain) * predicted,
            Noise = noise,
            Process = process,
            Last = ratio,
            LastSurprise = surprise,
        };
    }
}
