namespace EdgeRuntime.Bundles;

/// <summary>A packed network: pure data. Obtained from <see cref="BundleReader"/> (then it has passed <see cref="BundleValidator"/>) or built by a packer.</summary>
public sealed class Bundle : IDisposable
{
    /// <summary>Name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>Program and version that wrote it.</summary>
    public required string Producer { get; init; }

    /// <summary>All maps.</summary>
    public required Map[] Maps { get; init; }

    /// <summary>Steps in execution order.</summary>
    public required Step[] Steps { get; init; }

    /// <summary>Gather tables, shared between steps and points.</summary>
    public required Maps.GatherTable[] Tables { get; init; }

    /// <summary>Directory of the weights section.</summary>
    public required Blob[] Blobs { get; init; }

    /// <summary>Where the blobs' bytes come from.</summary>
    public required IWeightSource Weights { get; init; }

    /// <summary>Operating points; the first is <c>dense</c>.</summary>
    public required OperatingPoint[] Points { get; init; }

    /// <summary>What is fed.</summary>
    public required Port[] Inputs { get; init; }

    /// <summary>What is answered.</summary>
    public required Port[] Outputs { get; init; }

    /// <summary>Input specification (UTF-8 JSON as in the model's sidecar: preprocessing, task, labels), or empty.</summary>
    public byte[] InputSpec { get; init; } = [];

    /// <summary>Sections for tools. Written with the bundle, but not read with it: see <see cref="BundleReader.ReadExtra"/>.</summary>
    public IReadOnlyList<BundleExtra> Extras { get; set; } = [];

    /// <summary>Pieces of the file that it was read from; empty for one that was built.</summary>
    public IReadOnlyList<BundleSection> Sections { get; init; } = [];

    /// <summary>Index of a point by name.</summary>
    /// <exception cref="EdgeRuntimeException">No such point.</exception>
    public int FindPoint(string name)
    {
        int index = Array.FindIndex(Points, p => p.Name == name);
        return index >= 0 ? index : throw new EdgeRuntimeException(
            $"The bundle has no operating point '{name}'. It has: {string.Join(", ", Points.Select(p => p.Name))}.", 2);
    }

    /// <summary>Multiply-accumulates (convolutions and products) of one inference at a point.</summary>
    public double Macs(OperatingPoint point) => Steps.Sum(step => StepCost.Macs(this, point, step));

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();
}
