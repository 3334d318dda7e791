using EdgeRuntime.Kernels.Elementwise;

namespace EdgeRuntime.Bundles;

/// <summary>One operation on maps. Blob and map members are indices into the bundle; a blob of -1 means none.</summary>
/// <param name="Name">Name of the node in the source model.</param>
/// <param name="Inputs">Maps read.</param>
/// <param name="Output">Map written; every map is written by at most one step.</param>
public abstract record Step(string Name, int[] Inputs, int Output);

/// <summary>Convolution (a fully connected layer is one with one output row): input [rows, C], output [rows, N].</summary>
/// <remarks>Constants and arithmetic have the type of the input. An S8 input may have an F32 output, which then holds the accumulators as real numbers,
/// unrounded: what a network answers, or what a step in fp32 reads.</remarks>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of N channels.</param>
/// <param name="Taps">Taps of every output row.</param>
/// <param name="Groups">Divides C and N.</param>
/// <param name="Weights">S8 in [-127, 127] or F32, [N, Taps, C/Groups].</param>
/// <param name="Bias">S32 (zero-point correction folded in) or F32, [N].</param>
/// <param name="Scales">F32 [N], for an S8 input: multipliers of the accumulators to quantised units (S8 output) or to real numbers (F32 output); -1 (F32).</param>
/// <param name="Minimum">Clamp, in quantised units for an S8 output, else as is (infinite: none).</param>
/// <param name="Maximum">Upper clamp, see <paramref name="Minimum"/>.</param>
public sealed record ConvolutionStep(string Name, int[] Inputs, int Output, int Taps, int Groups, int Weights, int Bias, int Scales,
    float Minimum, float Maximum) : Step(Name, Inputs, Output);

/// <summary>Depthwise convolution, one output channel per input channel.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of the same channels.</param>
/// <param name="Taps">Taps of every output row.</param>
/// <param name="Weights">S8 in [-127, 127] or F32, [Taps, C].</param>
/// <param name="Bias">S32 (zero-point correction folded in) or F32, [C].</param>
/// <param name="Scales">F32 [C] (S8); -1 (F32).</param>
/// <param name="Minimum">Clamp, in quantised units for S8.</param>
/// <param name="Maximum">Clamp, in quantised units for S8.</param>
public sealed record DepthwiseStep(string Name, int[] Inputs, int Output, int Taps, int Weights, int Bias, int Scales,
    float Minimum, float Maximum) : Step(Name, Inputs, Output);

/// <summary>Maximum or average over the taps of a table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of the same channels.</param>
/// <param name="Average">Average (else maximum; then S8 input and output share scale and zero point).</param>
/// <param name="Divisor">Average: fixed divisor, or 0: the taps present in the row.</param>
public sealed record PoolStep(string Name, int[] Inputs, int Output, bool Average, int Divisor) : Step(Name, Inputs, Output);

/// <summary>Weighted sum of rows (linear resize).</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of the same channels.</param>
/// <param name="Weights">F32, as many as the table has entries, in its order.</param>
public sealed record ResampleStep(string Name, int[] Inputs, int Output, int Weights) : Step(Name, Inputs, Output);

/// <summary>Copies pieces of Width elements: output row o = pieces table[o, 0 …] of the input's elements seen as one dense run.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of taps·Width channels, same type, scale and zero point.</param>
/// <param name="Width">Elements per piece; divides the input's rows·channels. The table counts pieces as its input rows.</param>
/// <param name="Fill">Value of sentinel pieces (S8: quantised).</param>
public sealed record GatherStep(string Name, int[] Inputs, int Output, int Width, float Fill) : Step(Name, Inputs, Output);

/// <summary>Joins maps of the same type, scale and zero point side by side (channels) or one below the other (rows).</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">Maps in order; along channels each may be read through a one-tap table.</param>
/// <param name="Output">Joined map.</param>
/// <param name="AlongRows">Rows follow each other (tables must be -1), else channels.</param>
public sealed record ConcatStep(string Name, int[] Inputs, int Output, bool AlongRows) : Step(Name, Inputs, Output);

/// <summary>Elementwise function of two maps, each optionally read through a one-tap table.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">Two maps of the same channels and type.</param>
/// <param name="Output">Map of the same channels and type.</param>
/// <param name="Function">S8: add, subtract or multiply.</param>
/// <param name="Minimum">Clamp, in quantised units for S8.</param>
/// <param name="Maximum">Clamp, in quantised units for S8.</param>
public sealed record BinaryStep(string Name, int[] Inputs, int Output, BinaryFunction Function, float Minimum, float Maximum)
    : Step(Name, Inputs, Output);

/// <summary>fp32 function of one map.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One F32 map.</param>
/// <param name="Output">F32 map of the same channels.</param>
/// <param name="Function">What to do.</param>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
/// <param name="Slopes">F32 [C] α per channel (PRelu), or -1.</param>
public sealed record UnaryStep(string Name, int[] Inputs, int Output, UnaryFunction Function, float Alpha, float Beta, int Slopes)
    : Step(Name, Inputs, Output);

/// <summary>int8 → int8 through a table of 256 entries (any function of one value, and requantisation).</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One S8 map.</param>
/// <param name="Output">S8 map of the same channels.</param>
/// <param name="Table">S8, 256 entries or [C, 256]; entry (byte)(q + 128).</param>
public sealed record LookupStep(string Name, int[] Inputs, int Output, int Table) : Step(Name, Inputs, Output);

/// <summary>F32 → S8 (with the output's scale and zero point) or S8 → F32 (with the input's).</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of the other type, same channels.</param>
public sealed record ConvertStep(string Name, int[] Inputs, int Output) : Step(Name, Inputs, Output);

/// <summary>Softmax, or its logarithm, over the channels of each row. F32.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One F32 map.</param>
/// <param name="Output">F32 map of the same channels.</param>
/// <param name="Logarithm">Log-softmax.</param>
public sealed record SoftmaxStep(string Name, int[] Inputs, int Output, bool Logarithm) : Step(Name, Inputs, Output);

/// <summary>Local response normalisation across channels.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">One map.</param>
/// <param name="Output">Map of the same channels and type.</param>
/// <param name="Size">Window in channels.</param>
/// <param name="Alpha">α.</param>
/// <param name="Beta">β.</param>
/// <param name="Bias">k.</param>
public sealed record LrnStep(string Name, int[] Inputs, int Output, int Size, float Alpha, float Beta, float Bias) : Step(Name, Inputs, Output);

/// <summary>fp32 product of two maps read as [batch, M, K] and [batch, K, N]; tables pick the batch items (one tap), or -1: the same.</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">A and B, F32.</param>
/// <param name="Output">F32, rows·channels = batch·M·N.</param>
/// <param name="Batch">Products.</param>
/// <param name="M">Rows of one product.</param>
/// <param name="K">Common extent.</param>
/// <param name="N">Columns.</param>
public sealed record MatMulStep(string Name, int[] Inputs, int Output, int Batch, int M, int K, int N) : Step(Name, Inputs, Output);

/// <summary>A map of constants (anchor grids, position embeddings).</summary>
/// <param name="Name">Name.</param>
/// <param name="Inputs">None.</param>
/// <param name="Output">The map.</param>
/// <param name="Values">As many values of the map's type as the map has elements, [rows, channels].</param>
public sealed record ConstantStep(string Name, int[] Inputs, int Output, int Values) : Step(Name, Inputs, Output);
