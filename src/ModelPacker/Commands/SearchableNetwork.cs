using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary>A network that masks can be made for: a bundle that says how its maps are laid out, or an ONNX file, packed.</summary>
/// <param name="Bundle">The bundle, in memory; the caller disposes it.</param>
/// <param name="Section">Grids of its maps, and masks.</param>
/// <param name="Spec">What its input and outputs mean.</param>
/// <param name="LowRankSpeedUp">Multiplications of the network as it was given over those of the bundle, 1 where nothing was decomposed.</param>
internal sealed record SearchableNetwork(Bundle Bundle, PerforationSection Section, InputSpec Spec, double LowRankSpeedUp = 1)
{
    // Ranges settle after a few hundred pictures.
    private const int CalibrationPictures = 500;

    /// <summary>How an ONNX file is packed for it.</summary>
    /// <param name="model">The file.</param>
    /// <param name="spec">Input specification that the user names, or null.</param>
    /// <param name="data">Pictures of the verb.</param>
    /// <param name="calibration">Pictures for int8 ranges; null: those of the verb.</param>
    /// <param name="limit">How many pictures the verb may take, 0: all.</param>
    /// <param name="threads">Threads.</param>
    public static PackOptions Packing(string model, string? spec, string data, string? calibration, int limit, int threads) => new()
    {
        Model = model,
        InputSpec = spec,
        Calibration = calibration ?? data,
        Limit = calibration is null && limit == 0 ? CalibrationPictures : Math.Min(limit, CalibrationPictures),
        Threads = threads,
    };

    /// <summary>Opens a file.</summary>
    /// <param name="options">The file, and how it is packed where it is an ONNX file.</param>
    /// <param name="progress">Hears how far the packing is.</param>
    /// <param name="output">Where stages are dumped.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="EdgeRuntimeException">It cannot be read or packed, or a bundle lacks what masks are made from.</exception>
    public static SearchableNetwork Open(PackOptions options, IPackProgress progress, TextWriter output, CancellationToken cancel)
    {
        if (ModelFile.IsOnnx(options.Model))
        {
            PackResult packed = new PackPipeline(options, progress, output).Run(cancel);
            return new(packed.Bundle, PerforationSection.Parse(packed.Bundle.Extras[0].Bytes), packed.Spec!, packed.LowRankSpeedUp);
        }

        if (options.LowRank is not null)
        {
            throw new EdgeRuntimeException($"'--low-rank' decomposes fp32 weights, and '{options.Model}' is a bundle. Give the ONNX file instead.", ExitCodes.Usage);
        }

        using Bundle file = BundleReader.Open(options.Model);
        PerforationSection section = PerforationSection.Read(options.Model, file)
            ?? throw new EdgeRuntimeException($"'{options.Model}' does not say how its maps are laid out, so no masks can be made. Give the ONNX file instead.", ExitCodes.Model);

        // The network is loaded again and again, and each time its file would be closed.
        Bundle bundle = BundleReader.Read(File.ReadAllBytes(options.Model));
        return new(bundle, section, ModelFile.SpecOf(bundle, options.Model, options.InputSpec)
            ?? throw new EdgeRuntimeException($"'{options.Model}' has no input specification, so pictures cannot be fed. Name one with '--input-spec'.", ExitCodes.Usage));
    }
}
