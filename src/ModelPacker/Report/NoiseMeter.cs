using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Lower;

namespace ModelPacker.Report;

/// <summary>Runs the fp32 and the int8 network side by side and compares every layer's output.</summary>
public static class NoiseMeter
{
    /// <summary>Signal-to-noise ratio per layer, worst first.</summary>
    /// <param name="model">The fp32 network; its map numbers are also the int8 bundle's.</param>
    /// <param name="bundle">The int8 bundle (not disposed).</param>
    /// <param name="samples">What feeds each sample to a session.</param>
    /// <param name="progress">Samples done.</param>
    public static List<LayerNoise> Measure(LoweredModel model, Bundle bundle, IEnumerable<Action<Session>> samples, Action<int>? progress)
    {
        using EdgeModel exact = EdgeModel.Load(FloatEmitter.Emit(model, []));
        using EdgeModel rounded = EdgeModel.Load(bundle);
        using Session reference = exact.CreateSession();
        using Session quantised = rounded.CreateSession();
        int maps = model.Maps.Count;
        double[] signal = new double[maps];
        double[] noise = new double[maps];
        float[] x = new float[model.Maps.Max(m => m.Rows * m.Channels)];
        float[]?[] kept = new float[]?[maps];
        int done = 0;
        foreach (Action<Session> feed in samples)
        {
            feed(reference);
            for (int i = 0; i < model.Steps.Count; i++)
            {
                reference.RunStep(i);
                int map = model.Steps[i].Step.Output;
                kept[map] ??= new float[model.Maps[map].Rows * model.Maps[map].Channels];
                reference.CopyMap(map, kept[map]);
            }

            feed(quantised);
            for (int i = 0; i < bundle.Steps.Length; i++)
            {
                quantised.RunStep(i);
                int map = bundle.Steps[i].Output;
                if (map >= maps)
                {
                    continue;
                }

                float[] y = kept[map]!;
                Span<float> values = x.AsSpan(0, y.Length);
                quantised.CopyMap(map, values);
                for (int k = 0; k < y.Length; k++)
                {
                    signal[map] += (double)y[k] * y[k];
                    noise[map] += ((double)values[k] - y[k]) * ((double)values[k] - y[k]);
                }
            }

            progress?.Invoke(++done);
        }

        return [.. model.Steps.Select(s => s.Step).Where(s => s.Inputs.Length > 0)
            .Select(s => new LayerNoise(s.Name, s.GetType().Name.Replace("Step", "", StringComparison.Ordinal).ToLowerInvariant(), Ratio(signal[s.Output], noise[s.Output])))
            .OrderBy(l => l.Sqnr)];
    }

    // 200 dB stands for "no difference".
    private static double Ratio(double signal, double noise)
        => noise == 0 ? 200 : signal == 0 ? -200 : Math.Clamp(10 * Math.Log10(signal / noise), -200, 200);
}
