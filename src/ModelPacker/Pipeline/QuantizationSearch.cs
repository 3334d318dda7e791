using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Calibrate;
using ModelPacker.Correct;
using ModelPacker.Emit;
using ModelPacker.Equalize;
using ModelPacker.Evaluate;
using ModelPacker.Lower;
using ModelPacker.Quantizing;

namespace ModelPacker.Pipeline;

/// <summary>Calibrates and quantises in the ways that the options leave open and keeps the one whose outputs stay nearest to the fp32 network's on
/// calibration pictures.</summary>
/// <param name="samples">Calibration pictures.</param>
/// <param name="distance">How far outputs are from the fp32 network's.</param>
/// <param name="options">Choices.</param>
/// <param name="progress">Told of the stages.</param>
/// <param name="cancel">Stops the search.</param>
internal sealed class QuantizationSearch(IReadOnlyList<Action<Session>> samples, OutputDistance distance, PackOptions options, IPackProgress progress,
    CancellationToken cancel)
{
    // Pictures that a candidate is judged on: as many as cost this many multiplications.
    private const double JudgedMacs = 2e10;
    private const int FewestJudged = 64;
    private const int MostJudged = 512;
    private const int MomentSamples = 96;
    private const int CorrectedCandidates = 2;

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

        CalibrationMethod[] methods = options.Quantize.Method is { } wanted ? [wanted] : Enum.GetValues<CalibrationMethod>();
        if (options.Calibration == "random")
        {
            progress.Begin("quantize", 0);
            return Quantize(forms[0], methods[0], inputSpec, null, null);
        }

        Bundle exact = FloatEmitter.Emit(model, []);
        IReadOnlyList<Action<Session>> judged = Spread.Others(samples, (int)Math.Clamp(JudgedMacs / exact.Macs(exact.Points[0]), FewestJudged, MostJudged));
        float[][] expected = Outputs(exact, judged);
        progress.Begin("quantize", forms.Count * methods.Length);
        List<(Candidate Candidate, CalibrationMethod Method, double Distance)> tried = [];
        foreach ((LoweredModel Model, MapStatistics[] Statistics) form in forms)
        {
            foreach (CalibrationMethod method in methods)
            {
                Try(Quantize(form, method, inputSpec, null, null), method);
                progress.Advance(tried.Count);
            }
        }

        // Scales that the model prescribes are its answer; there is no better one to come near to.
        bool correct = options.Quantize.BiasCorrection && !model.Maps.Exists(m => m.Prescribed is not null);
        (Candidate Candidate, CalibrationMethod Method, double)[] best = correct ? [.. tried.OrderBy(t => t.Distance).Take(CorrectedCandidates)] : [];
        progress.Begin("correct", best.Length);
        for (int i = 0; i < best.Length; i++)
        {
            Candidate c = best[i].Candidate;
            InputMoments moments = InputMoments.Collect(c.Model, Spread.Evenly(samples, MomentSamples), options.Threads, cancel);
            Candidate rounded = Quantize((c.Model, c.Statistics), best[i].Method, inputSpec, null, moments);
            Try(rounded, best[i].Method);
            using ConstantFitter fitter = new(FloatEmitter.Emit(c.Model, []), samples, options.Threads, cancel);
            Try(Quantize((c.Model, c.Statistics), best[i].Method, inputSpec, fitter.Fit(rounded.Bundle, 0, false, _ => null), moments), best[i].Method);
            progress.Advance(i + 1);
        }

        return tried.MinBy(t => t.Distance).Candidate;

        void Try(Candidate candidate, CalibrationMethod method)
        {
            cancel.ThrowIfCancellationRequested();
            double error = distance.Between(expected, Outputs(candidate.Bundle, judged));
            Console.Error.WriteLine($"DBG {method} {error:g5}");
            if (double.IsNaN(error))
            {
                throw new EdgeRuntimeException("The network gives NaN on the calibration pictures. Check the model and its input specification.", 3);
            }

            tried.Add((candidate, method, error));
        }
    }

    private MapStatistics[] Calibrate(LoweredModel model)
    {
        progress.Begin("calibrate", samples.Count);
        return Calibrator.Run(model, samples, options.Threads, progress.Advance, cancel);
    }

    private Candidate Quantize((LoweredModel Model, MapStatistics[] Statistics) form, CalibrationMethod method, byte[] inputSpec,
        Dictionary<int, ChannelCorrection>? corrections, InputMoments? moments)
    {
        QuantizeOptions chosen = options.Quantize with { Method = method };
        return new(form.Model, form.Statistics, Quantizer.Quantize(form.Model, form.Statistics, chosen, inputSpec, corrections, moments));
    }

    private float[][] Outputs(Bundle bundle, IReadOnlyList<Action<Session>> judged)
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
}
