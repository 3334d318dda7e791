using System.Globalization;
using System.IO.Hashing;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Pipeline;

namespace ModelPacker.Train;

/// <summary>Trains an ONNX classifier in fp32 and writes it as ONNX again: its bundle without rounding goes through the training that bundles have, and the weights come back.</summary>
/// <param name="request">What to train.</param>
/// <param name="options">How.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it; epochs that are done are in the checkpoint.</param>
public sealed class OnnxTrainer(TrainRequest request, FinetuneOptions options, IPackProgress progress, CancellationToken cancel)
{
    /// <summary>Trains and writes.</summary>
    /// <param name="pictures">Labelled pictures.</param>
    /// <exception cref="EdgeRuntimeException">Anything that the user can mend.</exception>
    public FinetuneResult Run(IReadOnlyList<LabelledPicture> pictures)
    {
        InputSpec spec = ModelFile.FindSpec(request.Model, request.Spec)
            ?? throw new EdgeRuntimeException($"'{request.Model}' has no input specification, so pictures cannot be fed. Put '{Path.ChangeExtension(request.Model, ".json")}' beside it, or name one with '--input-spec'.", 2);
        if (spec.Task != VisionTask.Classification)
        {
            throw new EdgeRuntimeException($"'train' teaches classes, and the input specification of '{request.Model}' is not that of a classifier (\"task\": \"classification\"). Train this network with what it was made with.", 2);
        }

        if (pictures.FirstOrDefault(p => p.Label < 0) is { } unknown)
        {
            throw new EdgeRuntimeException($"'{unknown.Name}' has no label. Give pictures with labels: one sub-folder per class, a labels.csv among them, or '--labels'.", 2);
        }

        progress.Begin("import", 0);
        TrainableModel model = TrainableModel.Open(request.Model, ModelFile.ImportOptionsFor(spec));
        if (request.Initialize)
        {
            HeInitialization.Run(model, options.Seed);
        }

        using Bundle bundle = model.ToBundle(spec.ToJson());
        if (bundle.Outputs.Length != 1)
        {
            throw new EdgeRuntimeException($"'train' teaches classifiers with one output, and '{request.Model}' has {bundle.Outputs.Length}. Cut the model behind the one that holds the classes.", 3);
        }

        FinetuneResult result = new Finetuner(bundle, [], spec, options, progress, cancel).Run(pictures, Header(pictures));
        if (result.Stopped is { } reason)
        {
            progress.Warn(reason);
        }

        model.TakeFrom(result.Bundle);
        Save(model, spec);
        return result;
    }

    // The model is of little use without its description; one that is there stays.
    private void Save(TrainableModel model, InputSpec spec)
    {
        string sidecar = Path.ChangeExtension(request.Output, ".json");
        try
        {
            model.Save(request.Output);
            if (!File.Exists(sidecar))
            {
                File.WriteAllBytes(sidecar, spec.ToJson());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write '{request.Output}': {e.Message} Name another place with '-o'; '--resume' then needs '{options.Checkpoint}' beside it under that name.", 2, e);
        }
    }

    // Threads and '--resume' may differ.
    private string Header(IReadOnlyList<LabelledPicture> pictures)
        => string.Create(CultureInfo.InvariantCulture, $"train {XxHash64.HashToUInt64(File.ReadAllBytes(request.Model)):x} {request.Initialize} {PictureFingerprint.Of(pictures)} {options.Epochs} "
            + $"{options.Optimizer} {options.LearningRate:R} {options.WarmUp:R} {options.Batch} {options.Flip} {options.Normalize} {options.Seed} {options.Momentum:R} {options.WeightDecay:R} {options.MostNorm:R}");
}
