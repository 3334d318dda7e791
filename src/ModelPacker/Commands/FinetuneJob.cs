using System.Globalization;
using System.IO.Hashing;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary>Trains the bundle of a file and writes it to another.</summary>
/// <param name="Model">The bundle.</param>
/// <param name="Spec">Input specification that the user names, or null: the bundle's.</param>
/// <param name="Point">The operating point to train; null: all.</param>
/// <param name="Pictures">What to train with.</param>
/// <param name="Teacher">A bundle whose dense point teaches, too; null: none.</param>
/// <param name="Output">The bundle to write. The checkpoint stays; the caller deletes it when nothing can be lost any more.</param>
internal sealed record FinetuneJob(string Model, string? Spec, string? Point, IReadOnlyList<LabelledPicture> Pictures, string? Teacher, string Output)
{
    /// <summary>Trains and writes.</summary>
    /// <param name="options">Choices; the points are this job's.</param>
    /// <param name="progress">Hears how far the work is.</param>
    /// <param name="cancel">Stops it; epochs that are done are in the checkpoint.</param>
    public FinetuneReport Run(FinetuneOptions options, IPackProgress progress, CancellationToken cancel)
    {
        byte[] file = File.ReadAllBytes(Model);
        using Bundle bundle = BundleReader.Read(file);
        options = options with { Points = Point is { } name ? [bundle.FindPoint(name)] : [.. Enumerable.Range(0, bundle.Points.Length)] };
        InputSpec spec = ModelFile.SpecOf(bundle, Model, Spec)
            ?? throw new EdgeRuntimeException($"'{Model}' has no input specification, so pictures cannot be fed. Name one with '--input-spec'.", ExitCodes.Usage);
        byte[]? teacherFile = Teacher is null ? null : File.ReadAllBytes(Teacher);
        using Bundle? teacher = teacherFile is null ? null : BundleReader.Read(teacherFile);
        CheckTeacher(teacher, spec);
        FinetuneResult made = new Finetuner(bundle, Sections(bundle), spec, options, progress, cancel) { Teaches = teacher }.Run(Pictures, Header(file, teacherFile, options));
        if (made.Stopped is { } reason)
        {
            progress.Warn(reason);
        }

        BundleWriter.Save(made.Bundle, Output);
        return new FinetuneReport(made, options.Points);
    }

    // What it is shown is prepared as the bundle wants it.
    private void CheckTeacher(Bundle? teacher, InputSpec spec)
    {
        if (teacher is not null && ModelFile.SpecOf(teacher, Teacher!, null) is { } theirs
            && !(theirs.Color == spec.Color && theirs.Scale == spec.Scale && theirs.Mean.SequenceEqual(spec.Mean) && theirs.Std.SequenceEqual(spec.Std) && theirs.Resize == spec.Resize))
        {
            throw new EdgeRuntimeException($"'{Teacher}' wants its pictures prepared in another way than '{Model}' (color, scale, mean, std, resize of the input specification). Give a teacher that takes them as this network does.", ExitCodes.Usage);
        }
    }

    // What else a file may hold speaks of weights that are no more.
    private BundleExtra[] Sections(Bundle bundle)
    {
        List<BundleExtra> sections = [];
        if (BundleReader.ReadExtra(Model, PerforationSection.Name) is { } masks)
        {
            sections.Add(new BundleExtra(PerforationSection.Name, masks));
        }

        if (BundleReader.ReadExtra(Model, SearchTrace.Name) is { } search)
        {
            sections.Add(new BundleExtra(SearchTrace.Name, SearchTrace.MarkTrained(search, bundle.Points[0].Figures)));
        }

        return [.. sections];
    }

    // Threads and '--resume' may differ.
    private string Header(byte[] file, byte[]? teacher, FinetuneOptions o)
        => string.Create(CultureInfo.InvariantCulture, $"{XxHash64.HashToUInt64(file):x} {(teacher is null ? "" : $"{XxHash64.HashToUInt64(teacher):x} ")}{PictureFingerprint.Of(Pictures)} {string.Join(',', o.Points)} {o.Epochs} "
            + $"{o.EveryPoint} {o.Distill} {o.Optimizer} {o.LearningRate:R} {o.Batch} {o.Flip} {o.Normalize} {o.Seed} {o.Momentum:R} {o.WeightDecay:R} {o.MostNorm:R}");
}
