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
    protected override void Move(Piece piece, float rate, float factor)
    {
        Parameter p = Trained[piece.Index];
        Span<float> velocity = piece.Of(State[piece.Index]);
        Span<float> values = piece.Of(p.Values);
        TensorPrimitives.Multiply(velocity, Options.Momentum, velocity);
        TensorPrimitives.MultiplyAdd(piece.Of(p.Gradient), factor, velocity, velocity);
        if (p.Kind == ParameterKind.Weights)
        {
            TensorPrimitives.MultiplyAdd(values, Options.WeightDecay, velocity, velocity);
        }

        TensorPrimitives.MultiplyAdd(velocity, -rate, values, values);
    }
}
