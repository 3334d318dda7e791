using EdgeRuntime.Images;

namespace ModelPacker.Evaluate;

/// <summary>How far the outputs of an approximated network are from the exact one's, without labels.</summary>
/// <remarks>Classifiers: the Kullback-Leibler divergence of the class shares, in nats, which weighs an error by how much it can change the answer. Others: noise energy
/// over signal energy, all outputs as one vector.</remarks>
public sealed class OutputDistance
{
    private const double SmallestShare = 1e-9;

    private readonly bool _classes;
    private readonly bool _logits;

    private OutputDistance(bool classes, bool logits)
    {
        _classes = classes;
        _logits = logits;
    }

    /// <summary>The measure that fits a network.</summary>
    /// <param name="spec">Its input specification, if known.</param>
    /// <param name="outputs">Number of outputs.</param>
    public static OutputDistance For(InputSpec? spec, int outputs)
        => new(spec?.Task == VisionTask.Classification && outputs == 1, spec?.OutputIsLogits ?? false);

    /// <summary>Mean distance over pictures.</summary>
    /// <param name="exact">Outputs of the exact network, a picture each.</param>
    /// <param name="other">Outputs of the other, in the same order.</param>
    public double Between(float[][] exact, float[][] other)
    {
        double sum = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            sum += Between(exact[i], other[i]);
        }

        return sum / exact.Length;
    }

    /// <summary>Distance on one picture.</summary>
    public double Between(ReadOnlySpan<float> exact, ReadOnlySpan<float> other) => _classes ? Divergence(Shares(exact), Shares(other)) : Noise(exact, other);

    private static double Divergence(double[] p, double[] q)
    {
        double sum = 0;
        for (int k = 0; k < p.Length; k++)
        {
            sum += p[k] * Math.Log(Math.Max(p[k], SmallestShare) / Math.Max(q[k], SmallestShare));
        }

        return sum;
    }

    private static double Noise(ReadOnlySpan<float> exact, ReadOnlySpan<float> other)
    {
        double signal = 1e-30;
        double noise = 0;
        for (int k = 0; k < exact.Length; k++)
        {
            double difference = (double)other[k] - exact[k];
            signal += (double)exact[k] * exact[k];
            noise += difference * difference;
        }

        return noise / signal;
    }

    private double[] Shares(ReadOnlySpan<float> values)
    {
        double highest = double.NegativeInfinity;
        foreach (float value in values)
        {
            highest = Math.Max(highest, value);
        }

        double[] shares = new double[values.Length];
        double sum = 0;
        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] = _logits ? Math.Exp(values[k] - highest) : Math.Max(values[k], 0);
            sum += shares[k];
        }

        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] /= sum;
        }

        return shares;
    }
}
