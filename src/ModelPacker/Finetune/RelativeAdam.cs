using System.Numerics.Tensors;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Adam (Kingma and Ba, ICLR 2015) with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), whose steps are relative to the root mean square of what is moved, per output channel
/// (after Shazeer and Stern, "Adafactor", ICML 2018).</summary>
/// <remarks>Folding batch normalisation into weights multiplies each channel by a factor of its own, and its gradient by the inverse: what one channel needs as a step destroys another. Steps that are relative
/// to the channel are the same for any such factor.</remarks>
internal sealed class RelativeAdam : Optimizer
{
    private const float First = 0.9f;
    private const float Second = 0.999f;

    // Against division by zero alone: squares of gradients are as small as 1e-12.
    private const float Least = 1e-12f;

    // Channels that are all but zero, and summands near zero, still have to be able to move.
    private const float LeastOfAll = 0.01f;

    private readonly int _count;
    private float[] _scratch = [];

    /// <summary>Starts at rest.</summary>
    public RelativeAdam(GradientNetwork network, FinetuneOptions options)
        : base(network, options)
    {
        _count = Trained.Length;

        // The last one has the number of steps done.
        State = [.. Trained.Select(p => new float[p.Values.Length]), .. Trained.Select(p => new float[p.Values.Length]), new float[1]];
    }

    /// <summary>Means of the gradients, means of their squares, and the number of steps done.</summary>
    public override float[][] State { get; }

    /// <inheritdoc/>
    protected override void Move(int index, float rate, float factor)
    {
        Parameter p = Trained[index];
        float[] mean = State[index];
        float[] square = State[_count + index];
        if (index == 0)
        {
            State[^1][0]++;
        }

        float steps = State[^1][0];
        Array.Resize(ref _scratch, Math.Max(_scratch.Length, p.Values.Length));
        Span<float> step = _scratch.AsSpan(0, p.Values.Length);
        TensorPrimitives.Multiply(p.Gradient, factor, step);
        TensorPrimitives.Multiply(mean, First, mean);
        TensorPrimitives.MultiplyAdd(step, 1 - First, mean, mean);
        TensorPrimitives.Multiply(step, step, step);
        TensorPrimitives.Multiply(square, Second, square);
        TensorPrimitives.MultiplyAdd(step, 1 - Second, square, square);

        // √(square / (1 − Second^steps)) + Least
        TensorPrimitives.Multiply(square, 1 / (1 - MathF.Pow(Second, steps)), step);
        TensorPrimitives.Sqrt(step, step);
        TensorPrimitives.Add(step, Least, step);
        TensorPrimitives.Divide(mean, step, step);
        TensorPrimitives.Multiply(step, -rate / (1 - MathF.Pow(First, steps)), step);
        if (p.Kind == ParameterKind.Weights)
        {
            Scale(p, step);
            TensorPrimitives.Multiply(p.Values, 1 - (rate * Options.WeightDecay), p.Values);
        }
        else
        {
            TensorPrimitives.Multiply(step, Math.Max(LeastOfAll, RootMeanSquare(p.Values)), step);
        }

        TensorPrimitives.Add(p.Values, step, p.Values);
    }

    private static float RootMeanSquare(ReadOnlySpan<float> values) => MathF.Sqrt(TensorPrimitives.SumOfSquares(values) / values.Length);

    private void Scale(Parameter p, Span<float> step)
    {
        StepParameters layout = Network.StepParameters[p.Step];
        float least = LeastOfAll * RootMeanSquare(p.Values);
        for (int n = 0; n < layout.Outputs; n++)
        {
            double sum = 0;
            for (int k = 0; k < layout.Depth; k++)
            {
                float value = p.Values[(int)layout.IndexOf(n, k)];
                sum += value * value;
            }

            float scale = Math.Max(least, (float)Math.Sqrt(sum / layout.Depth));
            for (int k = 0; k < layout.Depth; k++)
            {
                step[(int)layout.IndexOf(n, k)] *= scale;
            }
        }
    }
}
