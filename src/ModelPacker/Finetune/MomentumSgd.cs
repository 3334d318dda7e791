using System.Numerics.Tensors;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Stochastic gradient descent with momentum and weight decay.</summary>
internal sealed class MomentumSgd : Optimizer
{
    /// <summary>Starts at rest.</summary>
    public MomentumSgd(GradientNetwork network, FinetuneOptions options)
        : base(network, options) => State = [.. Trained.Select(p => new float[p.Values.Length])];

    /// <summary>Velocities: what the parameters have been moved by.</summary>
    public override float[][] State { get; }

    /// <inheritdoc/>
    protected override void Move(int index, float rate, float factor)
    {
        Parameter p = Trained[index];
        float[] velocity = State[index];
        TensorPrimitives.Multiply(velocity, Options.Momentum, velocity);
        TensorPrimitives.MultiplyAdd(p.Gradient, factor, velocity, velocity);
        if (p.Kind == ParameterKind.Weights)
        {
            TensorPrimitives.MultiplyAdd(p.Values, Options.WeightDecay, velocity, velocity);
        }

        TensorPrimitives.MultiplyAdd(velocity, -rate, p.Values, p.Values);
    }
}
