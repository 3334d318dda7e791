using System.Buffers;
using EdgeRuntime.Plans;
using ModelPacker.Gradients.Matrices;

namespace ModelPacker.Gradients;

/// <summary>The weights of one step at one point, laid out for both passes.</summary>
/// <remarks>Convolution forward: per group of channels panels of 32 outputs, each [depth, 32]. Backward: per group of channels and group of taps panels of
/// 32 columns, each [outputs, 32]. Depthwise: [taps, channels rounded up to 32]. All zero where there is no weight.</remarks>
internal sealed unsafe class PackedStep : IDisposable
{
    private const int Tile = 64;

    private readonly StepParameters _parameters;
    private readonly NativeBlock _forward;
    private readonly NativeBlock? _backward;
    private readonly NativeBlock _bias;
    private readonly int _outputs;
    private readonly TapGroups _taps;
    private readonly long _backwardGroup;

    /// <summary>Allocates.</summary>
    /// <param name="parameters">What is packed.</param>
    /// <param name="inputGradient">Whether the gradient of the step's input is computed.</param>
    public PackedStep(StepParameters parameters, bool inputGradient)
    {
        _parameters = parameters;
        _outputs = parameters.Outputs / parameters.Groups;
        _bias = new NativeBlock((long)parameters.Outputs * sizeof(float));
        if (parameters.Depthwise)
        {
            _forward = new NativeBlock((long)parameters.Taps * Gemm.Padded(parameters.Outputs) * sizeof(float));
            return;
        }

        int width = parameters.Depth / parameters.Taps;
        _taps = new TapGroups(parameters.Taps, width);
        _forward = new NativeBlock((long)parameters.Groups * ForwardGroup * sizeof(float));
        for (int t = 0; t < _taps.Count; t++)
        {
            _backwardGroup += (long)Gemm.Padded(_taps.ColumnsOf(t)) * _outputs;
        }

        _backward = inputGradient ? new NativeBlock(parameters.Groups * _backwardGroup * sizeof(float)) : null;
    }

    /// <summary>Bias per output.</summary>
    public float* Bias => (float*)_bias.Pointer;

    /// <summary>Groups of taps.</summary>
    public TapGroups Taps => _taps;

    /// <summary>Elements of one panel of the forward layout.</summary>
    public nint ForwardPanel => (nint)_parameters.Depth * Gemm.Panel;

    /// <summary>Elements of one panel of the backward layout.</summary>
    public nint BackwardPanel => (nint)_outputs * Gemm.Panel;

    private long ForwardGroup => (long)Gemm.Padded(_outputs) * _parameters.Depth;

    /// <summary>Pieces that can be packed side by side.</summary>
    public int Pieces => _parameters.Depthwise ? 1 : _parameters.Groups * (Gemm.Padded(_outputs) / Gemm.Panel);

    /// <summary>Weights of a group of channels for the forward pass; of all for a depthwise step.</summary>
    public float* Forward(int group) => (float*)_forward.Pointer + (group * ForwardGroup);

    /// <summary>Weights of a group of channels and a group of taps for the gradient of the input.</summary>
    public float* Backward(int group, int tapGroup)
    {
        // All groups of taps but the last have the same size.
        long before = (long)tapGroup * Gemm.Padded(_taps.ColumnsOf(0)) * _outputs;
        return (float*)_backward!.Pointer + (group * _backwardGroup) + before;
    }

    /// <summary>Packs one piece: 32 output channels.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="round">Round weights to int8 units.</param>
    public void Pack(int piece, int point, bool round)
    {
        if (_parameters.Depthwise)
        {
            PackDepthwise(point, round);
            return;
        }

        int depth = _parameters.Depth;
        int panels = Gemm.Padded(_outputs) / Gemm.Panel;
        int group = piece / panels;
        int first = piece % panels * Gemm.Panel;
        int width = Math.Min(Gemm.Panel, _outputs - first);
        float* target = Forward(group) + (piece % panels * ForwardPanel);
        float[] rows = ArrayPool<float>.Shared.Rent(width * depth);
        for (int j = 0; j < width; j++)
        {
            int n = (group * _outputs) + first + j;
            Span<float> row = rows.AsSpan(j * depth, depth);
            _parameters.EffectiveWeights(n, point, round, row);
            Bias[n] = _parameters.EffectiveBias(n, point);
            if (_backward is not null)
            {
                PackBackward(group, first + j, row);
            }
        }

        // Tile by tile, so that both sides of the transposition stay in the first cache.
        for (int begin = 0; begin < depth; begin += Tile)
        {
            int end = Math.Min(depth, begin + Tile);
            for (int j = 0; j < width; j++)
            {
                for (int k = begin; k < end; k++)
                {
                    target[((long)k * Gemm.Panel) + j] = rows[(j * depth) + k];
                }
            }
        }

        ArrayPool<float>.Shared.Return(rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _backward?.Dispose();
        _bias.Dispose();
    }

    private void PackDepthwise(int point, bool round)
    {
        float[] row = new float[_parameters.Depth];
        int stride = Gemm.Padded(_parameters.Outputs);
        for (int n = 0; n < _parameters.Outputs; n++)
        {
            _parameters.EffectiveWeights(n, point, round, row);
            Bias[n] = _parameters.EffectiveBias(n, point);
            for (int k = 0; k < row.Length; k++)
            {
                Forward(0)[(k * stride) + n] = row[k];
            }
        }
    }

    private void PackBackward(int group, int output, ReadOnlySpan<float> row)
    {
        for (int t = 0; t < _taps.Count; t++)
        {
            float* target = Backward(group, t) + ((nint)output * Gemm.Panel);
            ReadOnlySpan<float> columns = row.Slice(_taps.FirstColumn(t), _taps.ColumnsOf(t));
            for (int c = 0; c < columns.Length; c += Gemm.Panel)
            {
                int width = Math.Min(Gemm.Panel, columns.Length - c);
                columns.Slice(c, width).CopyTo(new Span<float>(target + (c / Gemm.Panel * BackwardPanel), width));
            }
        }
    }
}
