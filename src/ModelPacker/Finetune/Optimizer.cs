using System.Numerics.Tensors;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Moves all parameters that a bundle can hold against their gradients, which are clipped.</summary>
internal abstract class Optimizer
{
    // Multipliers of channels stay positive: a bundle cannot hold a summand that its channel's unit does not reach.
    private const float LeastScale = 1e-3f;

    // Elements that a thread moves at a time: what is read and written of them fits the second cache.
    private const int PieceElements = 1 << 14;

    private readonly Piece[] _pieces;
    private readonly ParallelOptions _parallel;

    /// <summary>Starts at rest.</summary>
    protected Optimizer(GradientNetwork network, FinetuneOptions options)
    {
        Network = network;
        Options = options;

        // A point of the bundle has no multipliers for a step in fp32.
        Trained = [.. network.Parameters.Where(p => p.Kind is not (ParameterKind.Gain or ParameterKind.RunningMean or ParameterKind.RunningDeviation)
            && (p.Kind != ParameterKind.ChannelScale || network.StepParameters[p.Step].Weights.Units is not null))];
        _pieces = [.. Trained.SelectMany((p, i) => Cut(p, i))];
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads };
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
        double energy = Energies(p => p.Gradient).Sum();
        if (!double.IsFinite(energy))
        {
            return false;
        }

        float factor = (float)Math.Min(1, Options.MostNorm / Math.Max(Math.Sqrt(energy), float.Epsilon));
        Prepare();
        Parallel.ForEach(_pieces, _parallel, piece =>
        {
            Move(piece, rate, factor);
            if (Trained[piece.Index].Kind == ParameterKind.ChannelScale)
            {
                Span<float> scales = piece.Of(Trained[piece.Index].Values);
                TensorPrimitives.Max(scales, LeastScale, scales);
            }
        });
        Network.ParametersChanged();
        return true;
    }

    /// <summary>Is called before the pieces of a step.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>Moves a piece of a parameter; called by several threads at once.</summary>
    /// <param name="piece">Which one.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="factor">What gradients are multiplied by, so that they are not too long.</param>
    protected abstract void Move(Piece piece, float rate, float factor);

    /// <summary>Sums of squares, per parameter of <see cref="Trained"/>; the same for any number of threads.</summary>
    /// <param name="select">What to sum of a parameter.</param>
    protected double[] Energies(Func<Parameter, float[]> select)
    {
        double[] parts = new double[_pieces.Length];
        Parallel.For(0, parts.Length, _parallel, i => parts[i] = TensorPrimitives.SumOfSquares<float>(_pieces[i].Of(select(Trained[_pieces[i].Index]))));
        double[] sums = new double[Trained.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            sums[_pieces[i].Index] += parts[i];
        }

        return sums;
    }

    // Channels of weights stay whole; those of depthwise steps lie among each other.
    private IEnumerable<Piece> Cut(Parameter p, int index)
    {
        StepParameters layout = Network.StepParameters[p.Step];
        int row = p.Kind == ParameterKind.Weights && !layout.Depthwise ? layout.Depth : p.Values.Length;
        int size = Math.Max(row, PieceElements / row * row);
        for (int begin = 0; begin < p.Values.Length; begin += size)
        {
            yield return new Piece(index, begin, Math.Min(size, p.Values.Length - begin));
        }
    }

    /// <summary>Neighbouring elements of a parameter: whole channels.</summary>
    /// <param name="Index">Of <see cref="Trained"/>.</param>
    /// <param name="Begin">First element.</param>
    /// <param name="Count">Elements.</param>
    protected readonly record struct Piece(int Index, int Begin, int Count)
    {
        /// <summary>These elements of what is laid out as the parameter is.</summary>
        public Span<float> Of(float[] values) => values.AsSpan(Begin, Count);
    }
}
