using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Calibrate;
using ModelPacker.Emit;
using ModelPacker.Equalize;
using ModelPacker.Lower;
using ModelPacker.Quantizing;

namespace ModelPacker.Pipeline;

/// <summary>Calibrates and quantises in the ways that the options leave open and keeps the one whose outputs stay nearest to the fp32 network's on
/// calibration pictures.</summary>
internal sealed class QuantizationSearch(IReadOnlyList<Action<Session>> samples, PackOptions options, IPackProgress progress, CancellationToken cancel)
{
    private const int JudgedSamples = 64;

    /// <summary>A network, its statistics and its int8 bundle.</summary>
    public sealed record Candidate(LoweredModel Model, MapStatistics[] Statistics, Bundle Bundle);

    /// <summary>Runs the search.</summary>
    public Candidate Run(LoweredModel model, byte[] inputSpec)
    {
        List<(LoweredModel Model, MapStatistics[] Statistics)> forms = [];
        MapStatistics[] plain = Calibrate(model);
        if (options.Quantize.Equalize != true)
        {
            forms.Add((model, plain));
        }

        if (options.Quantize.Equalize != false && CrossLayerEqualizer.Equalize(model, plain) is { } equalized)
        {
            forms.Add((equalized, Calibrate(equalized)));
        }
        else if (forms.Count == 0)
        {
            progress.Warn("There is no pair of layers to equalise in this network.");
            forms.Add((model, plain));
        }

        CalibrationMethod[] methods = options.Quantize.Method is { } method ? [method] : Enum.GetValues<CalibrationMethod>();
        int count = forms.Count * methods.Length;
        if (count == 1 || options.Calibration == "random")
        {
            progress.Begin("quantize", 0);
            return Quantize(forms[0], methods[0], inputSpec);
        }

        List<Action<Session>> judged = [.. Spread(samples, JudgedSamples)];
        progress.Begin("quantize", count);
        float[][] expected = Outputs(FloatEmitter.Emit(model, []), judged);
        Candidate? best = null;
        double least = double.PositiveInfinity;
        int done = 0;
        foreach ((LoweredModel Model, MapStatistics[] Statistics) form in forms)
        {
            foreach (CalibrationMethod candidate in methods)
            {
                cancel.ThrowIfCancellationRequested();
                Candidate quantised = Quantize(form, candidate, inputSpec);
                double error = Error(expected, Outputs(quantised.Bundle, judged));
                if (error < least)
                {
                    (best, least) = (quantised, error);
                }

                progress.Advance(++done);
            }
        }

        return best ?? throw new EdgeRuntimeException("The fp32 network gives NaN on the calibration pictures. Check the model and its input specification.", 3);
    }

    private MapStatistics[] Calibrate(LoweredModel model)
    {
        progress.Begin("calibrate", samples.Count * 2);
        return Calibrator.Run(model, samples, options.Threads, progress.Advance, cancel);
    }

    private Candidate Quantize((LoweredModel Model, MapStatistics[] Statistics) form, CalibrationMethod method, byte[] inputSpec)
        => new(form.Model, form.Statistics, Quantizer.Quantize(form.Model, form.Statistics, options.Quantize with { Method = method }, inputSpec));

    private static IEnumerable<Action<Session>> Spread(IReadOnlyList<Action<Session>> all, int count)
        => count >= all.Count ? all : Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)]);

    private float[][] Outputs(Bundle bundle, List<Action<Session>> judged)
    {
        using EdgeModel loaded = EdgeModel.Load(bundle);
        using Session session = loaded.CreateSession(options.Threads);
        float[][] all = new float[judged.Count][];
        for (int i = 0; i < all.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            judged[i](session);
            session.Run();
            all[i] = [.. bundle.Outputs.SelectMany((port, k) =>
            {
                float[] values = new float[View.Product(port.Dims)];
                session.GetOutput(k, values);
                return values;
            })];
        }

        return all;
    }

    private static double Error(float[][] expected, float[][] actual)
    {
        double error = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double signal = 1e-30;
            double noise = 0;
            for (int k = 0; k < expected[i].Length; k++)
            {
                double difference = (double)actual[i][k] - expected[i][k];
                signal += (double)expected[i][k] * expected[i][k];
                noise += difference * difference;
            }

            error += noise / signal;
        }

        return error / expected.Length;
    }
}
