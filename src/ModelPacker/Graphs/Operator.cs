using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Graphs;

/// <summary>What a node does: the few normalised operators that all ONNX operators are imported to. Axes are non-negative and resolved;
/// padding and output sizes are explicit (the output value's Dims are authoritative).</summary>
public abstract record Operator;

/// <summary>Clamp fused behind an operator; infinite bounds mean none.</summary>
public sealed record Clamp(float Minimum, float Maximum)
{
    /// <summary>No clamp.</summary>
    public static Clamp None { get; } = new(float.NegativeInfinity, float.PositiveInfinity);
}

/// <summary>Inputs x [N, C, S…], w [O, C/Groups, K…] (constant), optional b [O] (constant). Any number of spatial axes ≥ 1.</summary>
public sealed record Convolution(int[] Kernel, int[] Strides, int[] Dilations, int[] PadsBegin, int[] PadsEnd, int Groups, Clamp Clamp) : Operator;

/// <summary>Inputs x [N, C, S…], w [C, O/Groups, K…] (constant), optional b. Output extents come from the output value.</summary>
public sealed record TransposedConvolution(int[] Kernel, int[] Strides, int[] Dilations, int[] PadsBegin, int[] PadsEnd, int Groups, Clamp Clamp) : Operator;

/// <summary>Inputs x [M, K], w [N, K] (constant), optional b [N] (constant): x·wᵀ + b. Gemm (α, β, transposes folded in) and MatMul by a constant.
/// x may have more leading axes: [..., K].</summary>
public sealed record Linear(Clamp Clamp) : Operator;

/// <summary>Product of two activations, numpy broadcasting over leading axes; both inputs have rank ≥ 2.</summary>
public sealed record MatMul : Operator;

/// <summary>Max or average pooling of x [N, C, S…]; global pooling is a window of the whole map. Windows may reach past PadsEnd (ceil_mode):
/// the output extents decide. Average: divides by taps inside the padded image when CountPadding, else by taps inside the image.</summary>
public sealed record Pool(bool Average, int[] Kernel, int[] Strides, int[] Dilations, int[] PadsBegin, int[] PadsEnd, bool CountPadding) : Operator;

/// <summary>Mean (or sum, or maximum) over Axes; the output's Dims say whether they are kept.</summary>
public sealed record Reduce(ReduceKind Kind, int[] Axes) : Operator;

/// <summary>Kinds of reduction.</summary>
public enum ReduceKind
{
    /// <summary>Arithmetic mean.</summary>
    Mean,

    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Maximum.</summary>
    Maximum,
}

/// <summary>Elementwise function of one input.</summary>
public sealed record Unary(UnaryFunction Function, float Alpha = 0, float Beta = 0) : Operator;

/// <summary>Inputs x, slope (constant, one value or one per channel, axis 1): x ≥ 0 ? x : slope·x.</summary>
public sealed record PRelu : Operator;

/// <summary>Elementwise function of two inputs with numpy broadcasting; either may be constant (not both).</summary>
public sealed record Binary(BinaryFunction Function, Clamp Clamp) : Operator;

/// <summary>Inputs x [N, C, …], scale [C], shift [C] (constants): x·scale + shift along axis 1 (inference batch normalisation).</summary>
public sealed record ChannelAffine : Operator;

/// <summary>Softmax (or its logarithm) along one axis.</summary>
public sealed record Softmax(int Axis, bool Logarithm) : Operator;

/// <summary>Local response normalisation along axis 1.</summary>
public sealed record Lrn(int Size, float Alpha, float Beta, float Bias) : Operator;

/// <summary>Joins inputs along an axis.</summary>
public sealed record Concat(int Axis) : Operator;

/// <summary>Same elements in row-major order under the output's Dims (Reshape, Flatten, Squeeze, Unsqueeze).</summary>
public sealed record Reshape : Operator;

/// <summary>Output axis i is input axis Permutation[i].</summary>
public sealed record Transpose(int[] Permutation) : Operator;

/// <summary>Takes, per axis, the listed input positions (Slice, Split, Tile, Expand, Gather with constant indices, Pad, nearest Resize).
/// Indices[axis] null: all, in order. An entry −1 in any axis gives Fill.</summary>
public sealed record Select(int[]?[] Indices, float Fill) : Operator;

/// <summary>Separable interpolation: per axis, output position i is Σ_t Weights[axis][i·taps + t] · x at Positions[axis][i·taps + t];
/// null: the axis is untouched. Linear and cubic Resize. A position −1 contributes nothing.</summary>
public sealed record Resample(int[]?[] Positions, float[]?[] Weights) : Operator;

/// <summary>float → int8 data with the output value's Quantization (a QuantizeLinear that no DequantizeLinear follows).</summary>
public sealed record Quantize : Operator;

/// <summary>int8 data → float with the input value's Quantization (a DequantizeLinear that no QuantizeLinear precedes).</summary>
public sealed record Dequantize : Operator;

/// <summary>Copies its input (used to give a graph output its own name).</summary>
public sealed record Identity : Operator;
