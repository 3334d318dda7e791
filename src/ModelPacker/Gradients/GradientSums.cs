using EdgeRuntime.Plans;
using ModelPacker.Gradients.Matrices;
using ModelPacker.Gradients.Steps;

namespace ModelPacker.Gradients;

/// <summary>Where one thread sums Σ x · ∂L/∂V and Σ ∂L/∂V of every step that has weights, over the pictures that it sees.</summary>
/// <remarks>Convolution: per group [depth, outputs rounded up to 32]; depthwise: [taps, channels rounded up to 32].</remarks>
internal sealed unsafe class GradientSums : IDisposable
{
    private const int Tile = 64;

    private readonly GradientNetwork _network;
    private readonly Dictionary<int, (NativeBlock Weights, NativeBlock Bias)> _steps = [];
    private readonly Dictionary<int, NormalizationSums> _normalization = [];

    public GradientSums(GradientNetwork network)
    {
        _network = network;
        foreach ((int step, StepParameters p) in network.StepParameters)
        {
            long weights = (long)p.Groups * p.Depth * Stride(p);
            if (p.Gain is not null)
            {
                _normalization.Add(step, new NormalizationSums(p.Outputs));
            }

            _steps.Add(step, (new NativeBlock(weights * sizeof(float)), new NativeBlock((long)Gemm.Padded(p.Outputs) * sizeof(float))));
        }
    }

    /// <summary>Elements from one row to the next.</summary>
    public static int Stride(StepParameters p) => Gemm.Padded(p.Outputs / p.Groups);

    public float* Weights(int step) => (float*)_steps[step].Weights.Pointer;

    public float* Bias(int step) => (float*)_steps[step].Bias.Pointer;

    /// <summary>What a step that is normalised was seen to answer.</summary>
    public NormalizationSums Normalization(int step) => _normalization[step];

    /// <summary>Forgets what the steps that are normalised were seen to answer.</summary>
    public void ForgetNormalization()
    {
        foreach (NormalizationSums sums in _normalization.Values)
        {
            sums.Clear();
        }
    }

    /// <summary>Takes mean and deviation of the steps that are normalised from what all threads have seen.</summary>
    /// <param name="parts">Sums of the threads.</param>
    /// <param name="point">Operating point that they were made at.</param>
    public static void CollectNormalization(GradientSums[] parts, int point)
    {
        foreach (int step in parts[0]._normalization.Keys)
        {
            StepParameters p = parts[0]._network.StepParameters[step];
            double rows = parts.Sum(s => s.Normalization(step).Rows);
            for (int n = 0; n < p.Outputs && rows > 0; n++)
            {
                double mean = parts.Sum(s => s.Normalization(step).Values[n]) / rows;
                double variance = Math.Max(0, (parts.Sum(s => s.Normalization(step).Squares[n]) / rows) - (mean * mean));
                p.RunningMean!.Values[n] = (float)(mean / (p.Scale(point)?.Values[n] ?? 1));
                p.RunningDeviation!.Values[n] = (float)Math.Sqrt(variance + BatchNormalization.Epsilon);
            }
        }
    }

    /// <summary>Adds the sums of all threads, always in the same order, to the gradients of the parameters, and clears them.</summary>
    /// <param name="parts">Sums of the threads.</param>
    /// <param name="point">Operating point that they were made at.</param>
    /// <param name="threads">Threads to use.</param>
    public static void Collect(GradientSums[] parts, int point, int threads)
    {
        GradientNetwork network = parts[0]._network;
        List<(int Step, int Group, int First)> pieces = [];
        foreach ((int step, StepParameters p) in network.StepParameters)
        {
            for (int g = 0; g < p.Groups; g++)
            {
                pieces.AddRange(Enumerable.Range(0, Stride(p) / Gemm.Panel).Select(i => (step, g, i * Gemm.Panel)));
            }
        }

        Parallel.ForEach(pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece => Collect(parts, point, piece.Step, piece.Group, piece.First));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((NativeBlock weights, NativeBlock bias) in _steps.Values)
        {
            weights.Dispose();
            bias.Dispose();
        }
    }

    // 32 output channels. With y = s · (W x + b) + t and G = Σ x · ∂L/∂y, g = Σ ∂L/∂y: ∂L/∂W = s · G, ∂L/∂b = s · g, ∂L/∂s = Σ W · G + b · g, ∂L/∂t = g.
    private static void Collect(GradientSums[] parts, int point, int step, int group, int first)
    {
        GradientNetwork network = parts[0]._network;
        StepParameters p = network.StepParameters[step];
        int outputs = p.Outputs / p.Groups;
        int stride = Stride(p);
        int width = Math.Min(Gemm.Panel, outputs - first);
        float* tile = stackalloc float[Tile * Gemm.Panel];
        double* weighted = stackalloc double[Gemm.Panel];
        for (int begin = 0; begin < p.Depth; begin += Tile)
        {
            // Sums lie row by row of depth, parameters channel by channel: in between they pass through a tile that fits the first cache.
            int count = Math.Min(Tile, p.Depth - begin);
            for (int k = 0; k < count; k++)
            {
                Take(parts, step, ((((long)group * p.Depth) + begin + k) * stride) + first, tile + (k * Gemm.Panel));
            }

            for (int j = 0; j < width; j++)
            {
                weighted[j] += Add(network, p, point, (group * outputs) + first + j, begin, count, tile + j);
            }
        }

        for (int j = 0; j < width; j++)
        {
            int n = (group * outputs) + first + j;
            float bias = 0;
            foreach (GradientSums part in parts)
            {
                float* source = part.Bias(step) + n;
                bias += *source;
                *source = 0;
            }

            p.Bias.Gradient[n] += (p.Scale(point)?.Values[n] ?? 1) * bias;
            if (p.Scale(point) is { } scale)
            {
                scale.Gradient[n] += (float)(weighted[j] + ((double)p.Bias.Values[n] * bias));
                p.Shift(point)!.Gradient[n] += bias;
            }
        }
    }

    // 32 neighbours, summed over the threads and cleared.
    private static void Take(GradientSums[] parts, int step, long at, float* sum)
    {
        new Span<float>(sum, Gemm.Panel).Clear();
        foreach (GradientSums part in parts)
        {
            float* source = part.Weights(step) + at;
            Lines.Add(source, sum, Gemm.Panel);
            Lines.Clear(source, Gemm.Panel);
        }
    }

    // Weights [begin, begin + count) of one output channel; the sums lie a panel apart. Returns Σ W · G where it is wanted.
    private static double Add(GradientNetwork network, StepParameters p, int point, int n, int begin, int count, float* sums)
    {
        Parameter? scale = p.Scale(point);
        float s = scale?.Values[n] ?? 1;
        float[] gradient = p.Weights.Gradient;
        long at = p.IndexOf(n, begin);
        long next = p.IndexOf(n, 1) - p.IndexOf(n, 0);
        double weighted = 0;
        for (int k = 0; k < count; k++, at += next)
        {
            float g = sums[k * Gemm.Panel];
            gradient[at] += s * g;
            weighted += scale is null ? 0 : (double)p.Rounded(n, begin + k, network.Options.FakeQuantize) * g;
        }

        return weighted;
    }
}
