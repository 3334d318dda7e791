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

    private static readonly float[] RangeSteps = [0.88f, 1.12f];

    /// <summary>A network in int8 and how it was made.</summary>
    /// <param name="Model">In fp32, equalised or not.</param>
    /// <param name="Statistics">Of its maps.</param>
    /// <param name="Method">How ranges were chosen.</param>
    /// <param name="Corrections">Of its layers, or null.</param>
    /// <param name="Moments">Of the layers' inputs, or null.</param>
    /// <param name="Factors">Of the ranges.</param>
    /// <param name="Bundle">The result.</param>
    public sealed record Candidate(LoweredModel Model, MapStatistics[] Statistics, CalibrationMethod Method, Dictionary<int, ChannelCorrection>? Corrections, InputMoments? Moments,
        Dictionary<int, float> Factors, Bundle Bundle);

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
        List<Candidate> plans = [.. forms.SelectMany(f => methods.Select(m => new Candidate(f.Model, f.Statistics, m, null, null, [], null!)))];
        if (options.Calibration == "random")
        {
            progress.Begin("quantize", 0);
            return Made(plans[0], inputSpec);
        }

        Bundle exact = FloatEmitter.Emit(model, []);
        IReadOnlyList<Action<Session>> judged = Spread.Others(samples, (int)Math.Clamp(JudgedMacs / exact.Macs(exact.Points[0]), FewestJudged, MostJudged));
        float[][] expected = Outputs(exact, judged);
        progress.Begin("quantize", plans.Count);
        List<(Candidate Candidate, double Distance)> tried = [];
        foreach (Candidate plan in plans)
        {
            Candidate made = Made(plan, inputSpec);
            tried.Add((made, Distance(made)));
            progress.Advance(tried.Count);
        }

        // Scales that the model prescribes are its answer; there is no better one to come near to.
        bool free = options.Quantize.BiasCorrection && !model.Maps.Exists(m => m.Prescribed is not null);
        Candidate[] best = free ? [.. tried.OrderBy(t => t.Distance).Take(CorrectedCandidates).Select(t => t.Candidate)] : [];
        progress.Begin("correct", best.Length);
        for (int i = 0; i < best.Length; i++)
        {
            Candidate rounded = Made(best[i] with { Moments = InputMoments.Collect(best[i].Model, Spread.Evenly(samples, MomentSamples), options.Threads, cancel) }, inputSpec);
            using ConstantFitter fitter = new(FloatEmitter.Emit(rounded.Model, []), samples, options.Threads, cancel);
            Candidate[] variants = [rounded, Made(rounded with { Corrections = fitter.Fit(rounded.Bundle, 0, false, _ => null) }, inputSpec),
                Made(best[i] with { Corrections = fitter.Fit(best[i].Bundle, 0, false, _ => null) }, inputSpec)];
            tried.AddRange(variants.Select(v => (v, Distance(v))));
            progress.Advance(i + 1);
        }

        (Candidate chosen, double least) = tried.MinBy(t => t.Distance);
        int[] groups = free && options.Quantize.Method is null ? RangeGroups.Numbers(chosen.Model, PrecisionPlanner.Plan(chosen.Model, options.Quantize.KeepFloat)) : [];
        progress.Begin("fit ranges", groups.Length);
        for (int g = 0; g < groups.Length; g++)
        {
            foreach (float step in RangeSteps)
            {
                Candidate next = Made(chosen with { Factors = new(chosen.Factors) { [groups[g]] = step } }, inputSpec);
                double away = Distance(next);
                (chosen, least) = away < least ? (next, away) : (chosen, least);
            }

            progress.Advance(g + 1);
        }

        return chosen;

        double Distance(Candidate candidate)
        {
            cancel.ThrowIfCancellationRequested();
            double error = distance.Between(expected, Outputs(candidate.Bundle, judged));
            return !double.IsNaN(error) ? error
                : throw new EdgeRuntimeException("The network gives NaN on the calibration pictures. Check the model and its input specification.", 3);
        }
    }

    private Candidate Made(Candidate plan, byte[] inputSpec)
    {
        QuantizeOptions chosen = options.Quantize with { Method = plan.Method, RangeFactors = plan.Factors };
        return plan with { Bundle = Quantizer.Quantize(plan.Model, plan.Statistics, chosen, inputSpec, plan.Corrections, plan.Moments) };
    }

    private MapStatistics[] Calibrate(LoweredModel model)
    {
        progress.Begin("calibrate", samples.Count);
        return Calibrator.Run(model, samples, options.Threads, progress.Advance, cancel);
    }

    // Each thread has pictures of its own: threads that share one picture wait for each other at every step.
    private float[][] Outputs(Bundle bundle, IReadOnlyList<Action<Session>> judged)
    {
        using EdgeModel loaded = EdgeModel.Load(bundle);
        float[][] all = new float[judged.Count][];
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel };
        Parallel.For(0, all.Length, parallel, () => loaded.CreateSession(), (i, _, session) =>
        {
            judged[i](session);
            session.Run();
            all[i] = [.. bundle.Outputs.SelectMany((port, k) =>
            {
                float[] values = new float[View.Product(port.Dims)];
                session.GetOutput(k, values);
                return values;
            })];
            return session;
        },
        session => session.Dispose());
        return all;
    }
}
