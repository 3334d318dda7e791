namespace ModelPacker.Finetune;

/// <summary>Choices of a training.</summary>
public sealed record FinetuneOptions
{
    /// <summary>Passes over the training pictures.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Operating points to train, by index; of several, one is drawn for every batch, unless <see cref="EveryPoint"/>.</summary>
    public required IReadOnlyList<int> Points { get; init; }

    /// <summary>Show every batch at all points and take the mean of what they want changed. Where labels alone teach, the others learn from the dense point's answers of the moment, too.</summary>
    public bool EveryPoint { get; init; }

    /// <summary>Teach the dense point's answers even where pictures have labels.</summary>
    public bool Distill { get; init; }

    /// <summary>How parameters are moved.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Learning rate of the first batch; it falls to zero along a half cosine.</summary>
    /// <remarks>Weights with folded batch normalisation bear little: ten to twenty times as much destroys what CIFAR networks know.</remarks>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Share of all batches over which the learning rate rises from nothing; weights that know nothing yet need it.</summary>
    public float WarmUp { get; init; }

    /// <summary>Normalise what layers answer over the pictures of a batch, and fold that into the weights in the end. One point can be trained so: others have other means and deviations.</summary>
    public bool Normalize { get; init; }

    /// <summary>With <see cref="Normalize"/>: the weights have learned already, so the network begins with the answers that it gives without.</summary>
    public bool KeepAnswers { get; init; }

    /// <summary>Pictures of a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Seed of the order, the points and the augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Show mirrored pictures too. Wrong for classes that differ by left and right.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Momentum.</summary>
    public float Momentum { get; init; } = 0.9f;

    /// <summary>Weight decay (of weights alone, not of what is added or scaled per channel).</summary>
    public float WeightDecay { get; init; } = 1e-4f;

    /// <summary>Largest Euclidean norm of a gradient, all parameters together; a larger one is scaled down (Pascanu et al., ICML 2013).</summary>
    public float MostNorm { get; init; } = 5;

    /// <summary>Checkpoint file; null: none.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Go on from the checkpoint, if there is one.</summary>
    public bool Resume { get; init; }

    /// <summary>Threads.</summary>
    public int Threads { get; init; } = 1;
}
