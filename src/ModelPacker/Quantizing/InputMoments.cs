using System.Numerics.Tensors;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Lower;

namespace ModelPacker.Quantizing;

/// <summary>Covariance of what each convolution multiplies, over calibration pictures: which rounding errors of its weights cancel and which add up.</summary>
internal sealed class InputMoments
{
    // Wider layers are left to plain rounding: their covariance costs more than it can give.
    private const int WidestDepth = 1152;
    private const int RowsPerPicture = 48;

    private readonly Dictionary<int, float[]> _covariances = [];

    private readonly Dictionary<int, WeightQuantizer.Result> _rounded = [];

    /// <summary>Weights of a convolution, rounded over its inputs; null where its moments were not collected. Computed once: they do not depend on ranges.</summary>
    public WeightQuantizer.Result? Rounded(LoweredStep lowered)
    {
        int map = lowered.Step.Output;
        if (lowered.WeightScales is not null || !_covariances.TryGetValue(map, out float[]? covariance))
        {
            return null;
        }

        if (!_rounded.TryGetValue(map, out WeightQuantizer.Result? rounded))
        {
            int channels = lowered.Bias!.Length;
            int depth = lowered.Weights!.Length / channels;
            rounded = WeightQuantizer.Quantize(lowered.Weights, channels, i => i / depth, null, _ => 1);
            Parallel.For(0, channels, n
                => ErrorRounding.Improve(lowered.Weights.AsSpan(n * depth, depth), rounded.Values.AsSpan(n * depth, depth), rounded.Scales[n], covariance));
            _rounded.Add(map, rounded);
        }

        return rounded;
    }

    /// <summary>[depth, depth] of the convolution that writes a map, or null.</summary>
    public float[]? Of(int map) => _covariances.GetValueOrDefault(map);

    /// <summary>Runs the fp32 network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="samples">What feeds each picture to a session.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancel">Stops the run.</param>
    public static InputMoments Collect(LoweredModel model, IReadOnlyList<Action<Session>> samples, int threads, CancellationToken cancel)
    {
        InputMoments moments = new();
        Dictionary<int, double[]> sums = [];
        Dictionary<int, int> counts = [];
        using EdgeModel loaded = EdgeModel.Load(FloatEmitter.Emit(model, []));
        using Session session = loaded.CreateSession(threads);
        float[] buffer = new float[model.Maps.Max(m => m.Rows * m.Channels)];
        for (int p = 0; p < samples.Count; p++)
        {
            samples[p](session);
            for (int i = 0; i < model.Steps.Count; i++)
            {
                cancel.ThrowIfCancellationRequested();
                LoweredStep lowered = model.Steps[i];
                if (lowered is { Step: ConvolutionStep { Groups: 1 } s, WeightScales: null } && s.Taps * model.Maps[s.Inputs[0]].Channels <= WidestDepth)
                {
                    LoweredMap input = model.Maps[s.Inputs[0]];
                    Span<float> rows = buffer.AsSpan(0, input.Rows * input.Channels);
                    session.CopyMap(s.Inputs[0], rows);
                    int depth = s.Taps * input.Channels;
                    if (!moments._covariances.TryGetValue(s.Output, out float[]? covariance))
                    {
                        moments._covariances.Add(s.Output, covariance = new float[depth * depth]);
                        sums.Add(s.Output, new double[depth]);
                        counts.Add(s.Output, 0);
                    }

                    counts[s.Output] += Add(covariance, sums[s.Output], rows, input.Channels, lowered.Tables[0], model.Maps[s.Output].Rows, p);
                }

                session.RunStep(i);
            }
        }

        foreach ((int map, float[] covariance) in moments._covariances)
        {
            Centre(covariance, sums[map], counts[map]);
        }

        return moments;
    }

    private static int Add(float[] covariance, double[] sums, ReadOnlySpan<float> rows, int channels, GatherTable? table, int outputs, int picture)
    {
        int depth = sums.Length;
        float[] patch = new float[depth];
        int stride = Math.Max(1, outputs / RowsPerPicture);
        int count = 0;
        for (int o = picture % stride; o < outputs; o += stride, count++)
        {
            for (int t = 0; t < depth / channels; t++)
            {
                int row = table is null ? o : table.Entries[(o * table.Taps) + t];
                Span<float> tap = patch.AsSpan(t * channels, channels);
                if (row < 0)
                {
                    tap.Clear();
                }
                else
                {
                    rows.Slice(row * channels, channels).CopyTo(tap);
                }
            }

            for (int k = 0; k < depth; k++)
            {
                sums[k] += patch[k];
                if (patch[k] != 0)
                {
                    Span<float> line = covariance.AsSpan(k * depth, depth);
                    TensorPrimitives.MultiplyAdd(patch, patch[k], line, line);
                }
            }
        }

        return count;
    }

    private static void Centre(float[] covariance, double[] sums, int count)
    {
        int depth = sums.Length;
        for (int a = 0; a < depth; a++)
        {
            for (int b = 0; b < depth; b++)
            {
                covariance[(a * depth) + b] = (float)((covariance[(a * depth) + b] / (double)count) - (sums[a] / count * (sums[b] / count)));
            }
        }
    }
}
