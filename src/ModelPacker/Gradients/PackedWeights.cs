namespace ModelPacker.Gradients;

/// <summary>The packed weights of all steps at one operating point.</summary>
internal sealed class PackedWeights : IDisposable
{
    private readonly GradientNetwork _network;
    private readonly int _point;
    private readonly Dictionary<int, PackedStep> _steps = [];
    private readonly List<(PackedStep Step, int Piece)> _pieces = [];
    private long _version = -1;

    /// <summary>Allocates.</summary>
    public PackedWeights(GradientNetwork network, int point)
    {
        _network = network;
        _point = point;
        foreach ((int step, StepParameters parameters) in network.StepParameters)
        {
            PackedStep packed = new(parameters, network.NeedsGradient(network.Bundle.Steps[step].Inputs[0]));
            _steps.Add(step, packed);
            _pieces.AddRange(Enumerable.Range(0, packed.Pieces).Select(i => (packed, i)));
        }
    }

    /// <summary>Weights of a step.</summary>
    public PackedStep this[int step] => _steps[step];

    /// <summary>Packs again if parameters have changed. Nobody may run meanwhile.</summary>
    /// <param name="threads">Threads.</param>
    public void Refresh(int threads)
    {
        if (_version == _network.Version)
        {
            return;
        }

        Parallel.For(0, _pieces.Count, new ParallelOptions { MaxDegreeOfParallelism = threads },
            i => _pieces[i].Step.Pack(_pieces[i].Piece, _point, _network.Options.FakeQuantize));
        _version = _network.Version;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PackedStep step in _steps.Values)
        {
            step.Dispose();
        }
    }
}
