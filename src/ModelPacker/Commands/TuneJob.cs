using System.Globalization;
using System.IO.Hashing;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary>The work of <c>tune</c>: the search, and the training where one is wanted. Whatever was interrupted goes on from what lies beside the output: the search from its log, the
/// training from the bundle that the search made and the checkpoint.</summary>
/// <param name="request">Files.</param>
/// <param name="options">Choices of the search.</param>
/// <param name="terminal">Where stages are dumped.</param>
/// <param name="cancel">Stops it.</param>
internal sealed class TuneJob(TuneRequest request, TuneOptions options, Terminal terminal, CancellationToken cancel)
{
    /// <summary>Does the work and writes the bundle.</summary>
    /// <param name="progress">Hears how far the work is.</param>
    /// <returns>The report of the search, and of the training, if any.</returns>
    public (JsonObject Search, FinetuneReport? Training) Run(IPackProgress progress)
    {
        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true, request.HeldBack);
        if (request.HeldBack && pictures.Count < Tuner.FewestPictures)
        {
            throw new EdgeRuntimeException($"Of '{request.Data}' a training holds {pictures.Count} pictures back, too few to search with. Give some thousands, or leave '--held-back' out.", ExitCodes.Usage);
        }

        // Pictures that are not there are missed now and not after the search.
        List<LabelledPicture> shown = [];
        if (request.Training is not null || request.Trial is not null)
        {
            shown = request.TrainingData is { } path ? PictureSet.Open(path, request.TrainingLabels, request.TrainingLimit, spread: true)
                : request.HeldBack ? PictureSet.Open(request.Data, request.Labels) : pictures;
            Finetuner.Require(shown.Count);
        }

        if (request.Training is not { } training)
        {
            JsonObject found = Search(pictures, shown, request.Output, _ => [], progress);
            File.Delete(options.Log!);
            return (found, null);
        }

        string identity = Identity(pictures);
        JsonObject? search = options.Resume ? SearchNote.Read(request.Tuned, identity) : null;
        if (search is null)
        {
            // Of an earlier run that was given up; what this search makes it would not fit.
            File.Delete(request.Tuned);
            File.Delete(training.Checkpoint!);
            search = Search(pictures, shown, request.Tuned, report => [SearchNote.ToExtra(identity, report)], progress);
            File.Delete(options.Log!);
        }

        FinetuneReport trained = new FinetuneJob(request.Tuned, request.Spec, null, shown, null, request.Output).Run(training, progress, cancel);
        File.Delete(training.Checkpoint!);
        File.Delete(request.Tuned);
        return (search, trained);
    }

    private JsonObject Search(List<LabelledPicture> pictures, List<LabelledPicture> shown, string path, Func<JsonObject, BundleExtra[]> sections, IPackProgress progress)
    {
        (Bundle dense, PerforationSection section, InputSpec spec, double lowRank) = SearchableNetwork.Open(Packing(), progress, terminal.Out, cancel);
        using (dense)
        {
            ModelVariants? variants = options.Baselines && ModelFile.IsOnnx(request.Model) ? new(Packing(), spec, progress, cancel) : null;
            Func<Bundle, IReadOnlyList<PointQuality>>? train = request.Trial is null ? null : ways => Try(ways, spec, shown, progress);
            TuneResult made = new Tuner(dense, section.Grids, spec, options with { LowRankSpeedUp = lowRank }, progress, cancel, variants, train).Run(pictures, Header(dense, pictures.Count));
            JsonObject report = TuneReport.ToJson(made);
            made.Bundle.Extras = [.. made.Bundle.Extras, .. sections(report)];
            BundleWriter.Save(made.Bundle, path);
            return report;
        }
    }

    // All points see the same batches, and the dense one is what the others learn from beside the labels.
    private IReadOnlyList<PointQuality> Try(Bundle ways, InputSpec spec, List<LabelledPicture> shown, IPackProgress progress)
    {
        FinetuneOptions trial = request.Trial! with { Points = [.. Enumerable.Range(0, ways.Points.Length)], EveryPoint = true, Epochs = 1, Checkpoint = null, Resume = false };
        List<LabelledPicture> some = PictureSet.Some(shown, options.Trial * trial.Batch);
        FinetuneResult made = new Finetuner(ways, [], spec, trial, new StageProgress(progress, " (trial)"), cancel).Run(some, "");
        if (made.Stopped is { } reason)
        {
            progress.Warn($"The trial of {ways.Points.Length - 1} ways: {reason}");
        }

        return made.After;
    }

    private PackOptions Packing()
    {
        PackOptions packing = SearchableNetwork.Packing(request.Model, request.Spec, request.Data, request.Calibration, request.Limit, options.Threads);
        return packing with { LowRank = request.LowRank };
    }

    private string Header(Bundle dense, int pictures)
        => string.Create(CultureInfo.InvariantCulture, $"search 3 {dense.Name} {dense.Points[0].GoldenHash:x} {pictures} {Choices()}");

    // What a bundle of the search depends on, without making it: packing takes its time.
    private string Identity(List<LabelledPicture> pictures)
        => string.Create(CultureInfo.InvariantCulture, $"{XxHash64.HashToUInt64(File.ReadAllBytes(request.Model)):x} {Path.GetFileName(request.Spec)} {Path.GetFileName(request.Calibration)} "
            + $"{PictureFingerprint.Of(pictures)} {string.Join(',', options.SpeedUps)} {options.MaxLoss} {options.Baselines} {request.LowRank} {Choices()}");

    private string Choices()
        => string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(request.Data)} {string.Join(',', options.Kinds)} "
            + $"{options.Draws} {options.Loss} {options.Objective} {Path.GetFileName(options.Timings)} {options.Board} {options.Correct} {options.SmallerInput}{string.Concat(options.SmallerWidths.Select(w => $" {w}"))} {options.Seed}{(request.HeldBack ? " held back" : "")}{Trial()}");

    private string Trial()
        => request.Trial is not { } t ? "" : string.Create(CultureInfo.InvariantCulture,
            $" trial {options.Trial} {t.Distill} {t.Optimizer} {t.LearningRate:R} {t.Batch} {t.Flip} {Path.GetFileName(request.TrainingData)} {request.TrainingLimit}");
}
