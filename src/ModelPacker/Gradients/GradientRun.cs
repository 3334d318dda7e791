using EdgeRuntime.Bundles;
using ModelPacker.Gradients.Steps;

namespace ModelPacker.Gradients;

/// <summary>Passes over one operating point for a few pictures side by side, on the calling thread.</summary>
/// <remarks>Feed with <see cref="Input"/>, call <see cref="Forward"/>, write gradients with <see cref="SeedGradient"/>, call <see cref="Backward"/>, and
/// <see cref="CollectGradients"/> when all pictures of a batch have been seen.</remarks>
public sealed unsafe class GradientRun : IDisposable
{
    private readonly RunMemory _memory;
    private readonly StepGradient[] _steps;
    private readonly bool _ownsSums;
    private readonly RunOptions _options;
    private bool _forwardDone;

    internal GradientRun(GradientNetwork network, int point, int pictures, RunOptions options, GradientSums? sums)
    {
        _ownsSums = sums is null;
        _options = options;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pictures);
        _memory = new RunMemory(network, point, pictures, options, sums ?? new GradientSums(network));
        _steps = [.. Enumerable.Range(0, network.Bundle.Steps.Length).Select(i => StepGradient.Create(new StepContext(_memory, i)))];
        Pictures = pictures;
    }

    /// <summary>The network.</summary>
    public GradientNetwork Network => _memory.Network;

    /// <summary>Index of the operating point.</summary>
    public int Point => _memory.PointIndex;

    /// <summary>Most pictures.</summary>
    public int Capacity => _memory.Pictures;

    /// <summary>Pictures of the last run.</summary>
    public int Pictures { get; private set; }

    /// <summary>Index in the batch of the first picture; shown to the observer.</summary>
    public int FirstPicture
    {
        get => _memory.FirstPicture;
        set => _memory.FirstPicture = value;
    }

    internal GradientSums Sums => _memory.Sums;

    /// <summary>The rows of an input, real numbers [<see cref="Capacity"/>, rows, channels]; stays as it was filled, except that int8 inputs are rounded.</summary>
    /// <param name="input">Index of the input.</param>
    public Span<float> Input(int input) => Span(_memory.Value(Network.Bundle.Inputs[input].Map), Network.Bundle.Inputs[input].Map, Capacity);

    /// <summary>Computes all maps.</summary>
    /// <param name="pictures">Pictures to look at, at most <see cref="Capacity"/>.</param>
    public void Forward(int pictures)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)pictures - 1, (uint)Capacity - 1, nameof(pictures));
        Network.Packed(Point, 1);
        Pictures = pictures;
        foreach (Port port in Network.Bundle.Inputs)
        {
            RoundInput(port.Map);
        }

        foreach (StepGradient step in _steps)
        {
            step.Forward(pictures);
        }

        _memory.ForgetGradients();
        _forwardDone = true;
    }

    /// <summary>Values of an output, [pictures, rows, channels].</summary>
    public ReadOnlySpan<float> Output(int output) => Map(Network.Bundle.Outputs[output].Map);

    /// <summary>Values that the loss of an output is differentiated from: see <see cref="GradientNetwork.LogitsMap"/>.</summary>
    public ReadOnlySpan<float> Logits(int output) => Map(Network.LogitsMap(output));

    /// <summary>Values of a map that was kept (inputs and outputs always are), [pictures, rows, channels].</summary>
    public ReadOnlySpan<float> Map(int map) => Span(_memory.Value(map), map, Pictures);

    /// <summary>Gradient of a map that was kept, [pictures, rows, channels]; empty where none is computed.</summary>
    public ReadOnlySpan<float> MapGradient(int map) => _memory.HasGradient(map) ? Span(_memory.Gradient(map), map, Pictures) : [];

    /// <summary>The gradient of the loss by an output, its logits or a map that was kept, to be added to between the passes.</summary>
    /// <exception cref="InvalidOperationException">No parameter acts on the map.</exception>
    public Span<float> SeedGradient(int map) => Network.NeedsGradient(map)
        ? Span(_memory.GradientToAdd(map, Pictures), map, Pictures)
        : throw new InvalidOperationException($"No parameter acts on map '{Network.Bundle.Maps[map].Name}', so it has no gradient.");

    /// <summary>Carries the seeded gradients back to all parameters, and sums them.</summary>
    public void Backward()
    {
        if (!_forwardDone)
        {
            throw new InvalidOperationException("A backward pass needs a forward pass before it.");
        }

        _forwardDone = false;
        for (int i = _steps.Length - 1; i >= 0; i--)
        {
            int output = Network.Bundle.Steps[i].Output;
            if (_memory.HasGradient(output))
            {
                if (_options.KeepMaps.Contains(output))
                {
                    _options.MapObserver?.Invoke(this, output);
                }

                _steps[i].Backward(Pictures);
            }
        }
    }

    /// <summary>Adds what all backward passes since the last call summed to <see cref="Parameter.Gradient"/>.</summary>
    public void CollectGradients() => GradientSums.Collect([Sums], Point, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        if (_ownsSums)
        {
            Sums.Dispose();
        }
    }

    // The runtime rounds what it is fed.
    private void RoundInput(int map)
    {
        Map info = Network.Bundle.Maps[map];
        if (info.Type == ElementType.S8 && Network.Options.FakeQuantize)
        {
            foreach (ref float value in Span(_memory.Value(map), map, Pictures))
            {
                value = Math.Clamp(MathF.Round(value / info.Scale), -128 - info.ZeroPoint, 127 - info.ZeroPoint) * info.Scale;
            }
        }
    }

    private Span<float> Span(float* start, int map, int pictures) => new(start, checked((int)_memory.Elements(map, pictures)));
}
