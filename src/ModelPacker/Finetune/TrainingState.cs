namespace ModelPacker.Finetune;

/// <summary>All that a training needs to go on.</summary>
internal sealed class TrainingState
{
    /// <summary>Epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Parameters after them.</summary>
    public required ParameterValues Current { get; set; }

    /// <summary>What the optimizer remembers after them.</summary>
    public required float[][] Velocities { get; init; }

    /// <summary>The epoch that was best on the pictures held back; 0: before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Its loss there.</summary>
    public double BestLoss { get; set; }

    /// <summary>Its parameters.</summary>
    public required ParameterValues Best { get; set; }

    /// <summary>How the epochs went.</summary>
    public List<EpochFigures> History { get; init; } = [];
}
