using System.Runtime.CompilerServices;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using ModelPacker.Calibrate;
using ModelPacker.Data;
using ModelPacker.Emit;
using ModelPacker.Evaluate;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Lower;
using ModelPacker.LowRank;
using ModelPacker.Perforate;
using ModelPacker.Quantizing;
using ModelPacker.Report;
using ModelPacker.Simplify;

namespace ModelPacker.Pipeline;

/// <summary>import → simplify → lower (→ low rank) → calibrate → quantize → emit.</summary>
public sealed class PackPipeline(PackOptions options, IPackProgress progress, TextWriter? dump)
{
    private const int NoiseSamples = 16;

    // One per session, since several feed at once; weak, so that bundles that were only tried do not stay in memory.
    private readonly ConditionalWeakTable<Session, PictureInput> _inputs = [];

    /// <summary>Names that <see cref="PackOptions.DumpStage"/> takes.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["import", "simplify", "lower", "calibrate", "quantize"];

    /// <summary>Runs all stages.</summary>
    /// <exception cref="EdgeRuntimeException">Anything that the user can mend.</exception>
    public PackResult Run(CancellationToken cancel)
    {
        RequirePictures();
        InputSpec? spec = ModelFile.FindSpec(options.Model, options.InputSpec);
        progress.Begin("import", 0);
        Graph graph = OnnxImporter.Import(options.Model, ModelFile.ImportOptionsFor(spec));
        Dump("import", w => GraphText.Write(graph, w));
        return Run(graph, spec, cancel);
    }

    /// <summary>Runs the stages behind the import.</summary>
    /// <param name="graph">The imported network; it is simplified in place.</param>
    /// <param name="spec">Its input specification, or null.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="EdgeRuntimeException">Anything that the user can mend.</exception>
    public PackResult Run(Graph graph, InputSpec? spec, CancellationToken cancel)
    {
        RequirePictures();
        PointMasks[]? points = options.PointsFrom is { } source ? PointMasksReader.Read(source) : null;
        progress.Begin("simplify", 0);
        Passes.Run(graph);
        Dump("simplify", w => GraphText.Write(graph, w));
        progress.Begin("lower", 0);
        LoweredModel model = Lowering.Lower(graph);
        Dump("lower", model.Dump);
        byte[] specJson = spec?.ToJson() ?? [];
        List<Action<Session>> samples = options.Int8 || options.LowRank is not null ? Samples(model, spec) : [];
        IReadOnlyList<LayerRank> ranks = [];
        double thinner = 1;
        if (options.LowRank is { } speedUp)
        {
            LowRankResult decomposed = new LowRankDecomposer(samples, options.Threads, progress, cancel).Run(model, speedUp);
            (model, ranks, thinner) = (decomposed.Model, decomposed.Layers, decomposed.SpeedUp);
        }

        if (!options.Int8)
        {
            return Finish(FloatEmitter.Emit(model, specJson), model, spec, [], points) with { Ranks = ranks, LowRankSpeedUp = thinner };
        }

        model = WideWeights.Split(model);
        QuantizationSearch search = new(samples, OutputDistance.For(spec, model.Outputs.Count), options, progress, cancel);
        QuantizationSearch.Candidate found = search.Run(model, specJson);
        (LoweredModel chosen, MapStatistics[] statistics, Bundle bundle) = (found.Model, found.Statistics, found.Bundle);
        Dump("calibrate", w => DumpStatistics(w, chosen, statistics));
        Dump("quantize", w => DumpBundle(w, bundle));
        List<Action<Session>> few = [.. samples.Take(NoiseSamples)];
        progress.Begin("compare", few.Count);
        List<LayerNoise> layers = NoiseMeter.Measure(chosen, bundle, few, done =>
        {
            cancel.ThrowIfCancellationRequested();
            progress.Advance(done);
        });
        foreach (LayerNoise layer in layers)
        {
            bundle.Points[0].Figures[$"sqnr:{layer.Name}"] = layer.Sqnr;
        }

        return Finish(bundle, chosen, spec, layers, points) with { Ranks = ranks, LowRankSpeedUp = thinner };
    }

    private void RequirePictures()
    {
        if (options.Int8 && options.Calibration is null)
        {
            throw new EdgeRuntimeException("int8 needs pictures to find the range of every layer. Add '--calibration DIR|TAR' (a hundred typical pictures, no "
                + "labels needed), or '--calibration random' if only the speed matters, or '--precision fp32'.", 2);
        }

        if (options.LowRank is not null && options.Calibration is null or "random")
        {
            throw new EdgeRuntimeException("'--low-rank' fits the decomposed layers on pictures. Add '--calibration DIR|TAR' (a hundred typical pictures or more, no labels needed).", 2);
        }
    }

    private PackResult Finish(Bundle dense, LoweredModel model, InputSpec? spec, List<LayerNoise> layers, PointMasks[]? points)
    {
        Bundle bundle = points is null ? dense : PointTransfer.Apply(dense, points, options.PointsFrom!);
        using EdgeModel loaded = EdgeModel.Load(bundle);
        PointMeasures.Record(loaded);
        using Session session = loaded.CreateSession();
        return new PackResult(bundle, model, spec, layers, session.PeakBytes, loaded.Plan.ArenaBytes);
    }

    private List<Action<Session>> Samples(LoweredModel model, InputSpec? spec)
    {
        if (options.Calibration == "random")
        {
            progress.Warn("Calibrating on noise: the answers of this bundle mean nothing, only its speed does.");
            int count = options.Limit > 0 ? options.Limit : 4;
            return [.. Enumerable.Range(0, count).Select(i => (Action<Session>)(s => FeedNoise(s, model, i)))];
        }

        if (spec is null)
        {
            throw new EdgeRuntimeException($"Pictures cannot be fed without knowing how the model wants them (size, colour order, mean, std). Put "
                + $"'{Path.ChangeExtension(options.Model, ".json")}' beside the model or name one with '--input-spec'. See docs/input-spec.md.", 2);
        }

        List<LabelledPicture> pictures = PictureSet.Open(options.Calibration!, null, options.Limit, spread: true);
        if (pictures.Count < 32)
        {
            progress.Warn($"Only {pictures.Count} calibration pictures: ranges may be poor. A hundred or more typical ones are better.");
        }

        PictureCache cache = new();
        return [.. pictures.Select(p => (Action<Session>)(s => InputFor(s, spec).Feed(s, cache.Read(p))))];
    }

    private PictureInput InputFor(Session session, InputSpec spec) => _inputs.GetValue(session, s => new PictureInput(s.Bundle, spec));

    private static void FeedNoise(Session session, LoweredModel model, int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < model.Inputs.Count; i++)
        {
            float[] values = new float[View.Product(model.Inputs[i].Dims)];
            for (int k = 0; k < values.Length; k++)
            {
                values[k] = (random.NextSingle() * 2) - 1;
            }

            session.SetInput(i, values);
        }
    }

    private void Dump(string stage, Action<TextWriter> write)
    {
        if (options.DumpStage == stage && dump is not null)
        {
            write(dump);
        }
    }

    private static void DumpStatistics(TextWriter writer, LoweredModel model, MapStatistics[] statistics)
    {
        for (int i = 0; i < statistics.Length; i++)
        {
            writer.WriteLine($"{model.Maps[i].Name}: min {statistics[i].Minimum:g6} max {statistics[i].Maximum:g6}");
        }
    }

    private static void DumpBundle(TextWriter writer, Bundle bundle)
    {
        foreach (Step step in bundle.Steps)
        {
            Map map = bundle.Maps[step.Output];
            writer.WriteLine($"{step.GetType().Name.Replace("Step", "", StringComparison.Ordinal),-12} {step.Name} -> {map.Name} {map.Type} scale {map.Scale:g6} zero {map.ZeroPoint}");
        }
    }
}
