namespace ModelPacker.Tune;

/// <summary>Measures what a search tries.</summary>
internal interface ICandidateMeter
{
    /// <summary>Layers by index.</summary>
    IReadOnlyList<TuneLayer> Layers { get; }

    /// <summary>Loss and top-1 (per cent, or null) of choices, one per layer.</summary>
    (double Loss, double? Top1) Quality(IReadOnlyList<MaskChoice> choices);

    /// <summary>The same with re-fitted constants where they help: what an operating point of these choices would be.</summary>
    (double Loss, double? Top1) Corrected(IReadOnlyList<MaskChoice> choices);

    /// <summary>Estimate of the loss without running the network, in any unit that is proportional to it; null where there is none.</summary>
    double? Estimate(IReadOnlyList<MaskChoice> choices);

    /// <summary>Hears of moves that will be asked about soon, so that what they need can be made on all cores at once.</summary>
    /// <param name="moves">A layer's index and what it may be given.</param>
    void Prepare(IReadOnlyCollection<(int Layer, MaskChoice Choice)> moves);

    /// <summary>Hears of every network that the search goes on from, the dense one first. Masks of kind <see cref="Perforate.MaskKind.IterativeImpact"/> with this step as their draw are made
    /// from it.</summary>
    /// <param name="choices">The network.</param>
    /// <param name="step">Steps taken to it.</param>
    void Accept(IReadOnlyList<MaskChoice> choices, int step);

    /// <summary>Predicted cost of choices.</summary>
    double Cost(IReadOnlyList<MaskChoice> choices);
}
