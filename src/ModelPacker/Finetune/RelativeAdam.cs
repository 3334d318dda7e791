using System.Buffers;
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
    private double[] _energies = [];

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
    protected override void Prepare()
    {
        State[^1][0]++;
        _energies = Energies(p => p.Values);
    }

    /// <inheritdoc/>
    protected override void Move(Piece piece, float rate, float factor)
    {
        Parameter p = Trained[piece.Index];
        Span<float> mean = piece.Of(State[piece.Index]);
        Span<float> square = piece.Of(State[_count + piece.Index]);
        Span<float> values = piece.Of(p.Values);
        float steps = State[^1][0];
        float[] scratch = ArrayPool<float>.Shared.Rent(piece.Count);
        Span<float> step = scratch.AsSpan(0, piece.Count);
        TensorPrimitives.Multiply(piece.Of(p.Gradient), factor, step);
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
        float whole = (float)Math.Sqrt(_energies[piece.Index] / p.Values.Length);
        if (p.Kind == ParameterKind.Weights)
        {
            Scale(Network.StepParameters[p.Step], values, LeastOfAll * whole, step);
            TensorPrimitives.Multiply(values, 1 - (rate * Options.WeightDecay), values);
        }
        else
        {
            TensorPrimitives.Multiply(step, Math.Max(LeastOfAll, whole), step);
        }

        TensorPrimitives.Add(values, step, values);
        ArrayPool<float>.Shared.Return(scratch);
    }

    // Multiplies the steps of every output channel by the root mean square of its weights, or by the least.
    private static void Scale(StepParameters layout, ReadOnlySpan<float> weights, float least, Span<float> steps)
    {
        if (!layout.Depthwise)
        {
            for (int begin = 0; begin < weights.Length; begin += layout.Depth)
            {
                Span<float> row = steps.Slice(begin, layout.Depth);
                TensorPrimitives.Multiply(row, Math.Max(least, MathF.Sqrt(TensorPrimitives.SumOfSquares(weights.Slice(begin, layout.Depth)) / layout.Depth)), row);
            }

            return;
        }

        for (int n = 0; n < layout.Outputs; n++)
        {
            double sum = 0;
            for (int k = 0; k < layout.Depth; k++)
            {
                float value = weights[(int)layout.IndexOf(n, k)];
                sum += value * value;
            }

            float scale = Math.Max(least, (float)Math.Sqrt(sum / layout.Depth));
            for (int k = 0; k < layout.Depth; k++)
            {
                steps[(int)layout.IndexOf(n, k)] *= scale;
            }
        }
    }
}
