using System.Numerics.Tensors;
using ModelPacker.Gradients.Matrices;

namespace ModelPacker.Gradients.Steps;

/// <summary>Normalises what a step answers, per channel over all sites of all pictures of a run: y = gain · (V − mean) / √(variance + ε) + bias. The gain is given, not trained; the weights of the layers that read the map have it.</summary>
/// <remarks>Ioffe and Szegedy, "Batch Normalization", ICML 2015; over parts of a batch: Hoffer, Hubara and Soudry, "Train longer, generalize better", NIPS 2017.</remarks>
internal sealed unsafe class BatchNormalization
{
    /// <summary>Added to variances.</summary>
    public const double Epsilon = 1e-5;

    // Rows that are summed in fp32 before they go into a double.
    private const int RowBlock = 64;

    private readonly StepContext _context;
    private readonly nint _channels;
    private readonly float[] _gain;
    private readonly float* _normal;
    private readonly float* _mean;
    private readonly float* _inverse;
    private readonly float* _part;
    private readonly double[] _sums;
    private readonly double[] _products;

    /// <summary>Allocates.</summary>
    public BatchNormalization(StepContext context)
    {
        _context = context;
        RunMemory memory = context.Memory;
        _channels = context.Channels;
        _gain = memory.Network.StepParameters[context.Index].Gain!.Values;
        _normal = (float*)memory.Allocate(sizeof(float) * memory.Elements(context.Step.Output, memory.Pictures));
        long line = sizeof(float) * (long)Gemm.Padded(context.Channels);
        _mean = (float*)memory.Allocate(line);
        _inverse = (float*)memory.Allocate(line);
        _part = (float*)memory.Allocate(2 * line);
        _sums = new double[context.Channels];
        _products = new double[context.Channels];
    }

    /// <summary>The helper of a step, or null where its network does not normalise it.</summary>
    public static BatchNormalization? For(StepContext context)
        => context.Memory.Network.StepParameters[context.Index].Gain is null ? null : new BatchNormalization(context);

    /// <summary>Normalises the output (unless the network is only being measured), adds the bias, and counts mean and variance in for the network that will run.</summary>
    /// <param name="pictures">Pictures.</param>
    /// <param name="bias">Bias per channel.</param>
    public void Forward(int pictures, float* bias)
    {
        float* values = _context.Output;
        long rows = (long)pictures * _context.Rows;
        Sum(rows, values, null);
        for (nint n = 0; n < _channels; n++)
        {
            _mean[n] = (float)(_sums[n] / rows);
        }

        for (long row = 0; row < rows; row++)
        {
            TensorPrimitives.Subtract(Line(values, row), Line(_mean, 0), Line(_normal, row));
        }

        Sum(rows, _normal, _normal);
        NormalizationSums totals = _context.Memory.Sums.Normalization(_context.Index);
        totals.Rows += rows;
        for (nint n = 0; n < _channels; n++)
        {
            // What rounding left of the mean.
            double rest = _sums[n] / rows;
            double variance = Math.Max(0, (_products[n] / rows) - (rest * rest));
            double mean = _mean[n] + rest;
            totals.Values[n] += mean * rows;
            totals.Squares[n] += (variance + (mean * mean)) * rows;
            _inverse[n] = (float)(1 / Math.Sqrt(variance + Epsilon));
        }

        bool apply = !_context.Memory.Network.MeasuresOnly;
        for (long row = 0; row < rows; row++)
        {
            Span<float> normal = Line(_normal, row);
            Span<float> y = Line(values, row);
            if (apply)
            {
                TensorPrimitives.Multiply(normal, Line(_inverse, 0), normal);
                TensorPrimitives.MultiplyAdd(normal, _gain, Line(bias, 0), y);
            }
            else
            {
                TensorPrimitives.Add(y, Line(bias, 0), y);
            }
        }
    }

    /// <summary>Carries the gradient of the output, the activation taken out, to that of V, in place; and adds that of the bias.</summary>
    /// <param name="pictures">Pictures.</param>
    /// <param name="biasSums">Takes Σ ∂L/∂y.</param>
    public void Backward(int pictures, float* biasSums)
    {
        // With n sites, ŷ normalised: ∂L/∂V = gain · (∂L/∂y − Σ ∂L/∂y / n − ŷ · Σ (∂L/∂y · ŷ) / n) / deviation.
        float* gradient = _context.OutputGradient;
        long rows = (long)pictures * _context.Rows;
        Sum(rows, gradient, _normal);
        float* shared = _part;
        float* along = _part + Gemm.Padded((int)_channels);
        for (nint n = 0; n < _channels; n++)
        {
            biasSums[n] += (float)_sums[n];
            shared[n] = (float)(_sums[n] / rows);
            along[n] = (float)(-_products[n] / rows);
        }

        for (long row = 0; row < rows; row++)
        {
            Span<float> dy = Line(gradient, row);
            TensorPrimitives.Subtract(dy, Line(shared, 0), dy);
            TensorPrimitives.MultiplyAdd(Line(_normal, row), Line(along, 0), dy, dy);
            TensorPrimitives.Multiply(dy, Line(_inverse, 0), dy);
            TensorPrimitives.Multiply(dy, _gain, dy);
        }
    }

    private Span<float> Line(float* map, long row) => new(map + (row * _channels), (int)_channels);

    // Per channel Σ values and, where there are factors, Σ values · factors.
    private void Sum(long rows, float* values, float* factors)
    {
        Array.Clear(_sums);
        Array.Clear(_products);
        float* sums = _part;
        float* products = _part + Gemm.Padded((int)_channels);
        for (long first = 0; first < rows; first += RowBlock)
        {
            Lines.Clear(sums, _channels);
            Lines.Clear(products, _channels);
            long end = Math.Min(rows, first + RowBlock);
            for (long row = first; row < end; row++)
            {
                Lines.Add(values + (row * _channels), sums, _channels);
                if (factors is not null)
                {
                    Lines.AddProduct(values + (row * _channels), factors + (row * _channels), products, _channels);
                }
            }

            for (nint n = 0; n < _channels; n++)
            {
                _sums[n] += sums[n];
                _products[n] += products[n];
            }
        }
    }
}
