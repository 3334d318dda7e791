using System.Numerics.Tensors;
using EdgeRuntime.Bundles;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Stochastic gradient descent with momentum, weight decay and clipped gradients, over all parameters that a bundle can hold.</summary>
internal sealed class MomentumSgd
{
    // Multipliers of channels stay positive: a bundle cannot hold a summand that its channel's unit does not reach.
    private const float LeastScale = 1e-3f;

    private readonly GradientNetwork _network;
    private readonly FinetuneOptions _options;
    private readonly Parameter[] _trained;

    /// <summary>Starts at rest.</summary>
    public MomentumSgd(GradientNetwork network, FinetuneOptions options)
    {
        _network = network;
        _options = options;

        // A point of the bundle has no multipliers for a step in fp32.
        _trained = [.. network.Parameters.Where(p => p.Kind != ParameterKind.ChannelScale || network.StepParameters[p.Step].Weights.Units is not null)];
        Velocities = [.. _trained.Select(p => new float[p.Values.Length])];
    }

    /// <summary>What the parameters have been moved by, per trained parameter.</summary>
    public float[][] Velocities { get; }

    /// <summary>Moves the parameters against their gradients.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <returns>False, and nothing is moved, if a gradient is no number.</returns>
    public bool Step(float rate)
    {
        double energy = _trained.Sum(p => (double)TensorPrimitives.SumOfSquares<float>(p.Gradient));
        if (!double.IsFinite(energy))
        {
            return false;
        }

        float factor = (float)Math.Min(1, _options.MostNorm / Math.Max(Math.Sqrt(energy), float.Epsilon));
        for (int i = 0; i < _trained.Length; i++)
        {
            Parameter p = _trained[i];
            float[] velocity = Velocities[i];
            TensorPrimitives.Multiply(velocity, _options.Momentum, velocity);
            TensorPrimitives.MultiplyAdd(p.Gradient, factor, velocity, velocity);
            if (p.Kind == ParameterKind.Weights)
            {
                TensorPrimitives.MultiplyAdd(p.Values, _options.WeightDecay, velocity, velocity);
            }

            TensorPrimitives.MultiplyAdd(velocity, -rate, p.Values, p.Values);
            if (p.Kind == ParameterKind.ChannelScale)
            {
                TensorPrimitives.Max(p.Values, LeastScale, p.Values);
            }
        }

        _network.ParametersChanged();
        return true;
    }
}
