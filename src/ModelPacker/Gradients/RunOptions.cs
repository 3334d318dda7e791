namespace ModelPacker.Gradients;

/// <summary>What a run keeps and shows.</summary>
public sealed record RunOptions
{
    /// <summary>Maps whose values and gradients stay until the next run; all others are overwritten as soon as nobody needs them.</summary>
    public IReadOnlySet<int> KeepMaps { get; init; } = new HashSet<int>();

    /// <summary>Convolution and depthwise steps whose accumulators V (before the activation) and ∂L/∂V go to <see cref="Observer"/>.</summary>
    public IReadOnlySet<int> WatchedSteps { get; init; } = new HashSet<int>();

    /// <summary>Is shown every kept map during the backward pass, when its gradient is complete and not yet carried through the activation of the step that wrote it (what is left
    /// in <see cref="GradientRun.MapGradient"/> afterwards is); in a <see cref="GradientBatch"/> by several threads at once.</summary>
    public Action<GradientRun, int>? MapObserver { get; init; }

    /// <summary>Is shown every watched step during the backward pass; in a <see cref="GradientBatch"/> by several threads at once.</summary>
    public AccumulatorObserver? Observer { get; init; }
}
