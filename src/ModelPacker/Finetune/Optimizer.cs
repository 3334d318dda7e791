using System.Numerics.Tensors;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Moves all parameters that a bundle can hold against their gradients, which are clipped.</summary>
internal abstract class Optimizer
{
    // Multipliers of channels stay positive: a bundle cannot hold a summand that its channel's unit does not reach.
    private const float LeastScale = 1e-3f;

    /// <summary>Starts at rest.</summary>
    protected Optimizer(GradientNetwork network, FinetuneOptions options)
    {
        Network = network;
        Options = options;

        // A point of the bundle has no multipliers for a step in fp32.
        Trained = [.. network.Parameters.Where(p => p.Kind is not (ParameterKind.Gain or ParameterKind.RunningMean or ParameterKind.RunningDeviation)
            && (p.Kind != ParameterKind.ChannelScale || network.StepParameters[p.Step].Weights.Units is not null))];
    }

    /// <summary>What it remembers from step to step, for checkpoints.</summary>
    public abstract float[][] State { get; }

    /// <summary>The network.</summary>
    protected GradientNetwork Network { get; }

    /// <summary>Choices.</summary>
    protected FinetuneOptions Options { get; }

    /// <summary>Parameters that are moved.</summary>
    protected Parameter[] Trained { get; }

    /// <summary>The one that is asked for.</summary>
    public static Optimizer Of(GradientNetwork network, FinetuneOptions options)
        => options.Optimizer == OptimizerKind.Adam ? new RelativeAdam(network, options) : new MomentumSgd(network, options);

    /// <summary>Moves the parameters.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <returns>False, and nothing is moved, if a gradient is no number.</returns>
    public bool Step(float rate)
    {
        double energy = Trained.Sum(p => (double)TensorPrimitives.SumOfSquares<float>(p.Gradient));
        if (!double.IsFinite(energy))
        {
            return false;
        }

        float factor = (float)Math.Min(1, Options.MostNorm / Math.Max(Math.Sqrt(energy), float.Epsilon));
        for (int i = 0; i < Trained.Length; i++)
        {
            Move(i, rate, factor);
            if (Trained[i].Kind == ParameterKind.ChannelScale)
            {
                TensorPrimitives.Max(Trained[i].Values, LeastScale, Trained[i].Values);
            }
        }

        Network.ParametersChanged();
        return true;
    }

    /// <summary>Moves one parameter.</summary>
    /// <param name="index">Of <see cref="Trained"/>.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="factor">What gradients are multiplied by, so that they are not too long.</param>
    protected abstract void Move(int index, float rate, float factor);
}
