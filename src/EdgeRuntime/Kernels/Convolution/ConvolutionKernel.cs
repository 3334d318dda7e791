namespace EdgeRuntime.Kernels.Convolution;

/// <summary>A register-tiled convolution kernel with its own weight packing.</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>
/// int8 arithmetic, the same for every variant: acc = bias + Σ w·x in int32 (wrapping), y = (float)acc · scale, clamped to
/// [OutputMin − zp, OutputMax − zp], rounded to nearest even, + zp; with a fp32 output y, clamped as below, is the result. fp32: acc = bias, then one fused multiply-add per
/// (tap, channel) in table order, then the clamp (v &lt; min ? min : v, then
/// v &gt; max ? max : v): every variant gives the same bits.
/// </remarks>
public abstract unsafe class ConvolutionKernel<T> : IKernelVariant
    where T : unmanaged
{
    /// <inheritdoc/>
    public abstract string Family { get; }

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract bool IsSupported { get; }

    /// <summary>Output rows of the largest register tile.</summary>
    public abstract int RowTile { get; }

    /// <summary>Output channels of a register tile; <see cref="Run"/> ranges and <see cref="Pack"/> chunks start at multiples of it.</summary>
    public abstract int ColumnTile { get; }

    /// <summary>Bytes of the packed weights of one group (64-byte aligned by the caller).</summary>
    /// <param name="outputChannels">Output channels of the group.</param>
    /// <param name="depth">Taps × channels.</param>
    public abstract nuint PackedBytes(int outputChannels, int depth);

    /// <summary>Packs output channels [first, first + count); <paramref name="first"/> is a multiple of <see cref="ColumnTile"/>
    /// and count too, except at the end.</summary>
    /// <param name="weights">[count, depth], depth ordered tap-major, channel-minor; int8 in [-127, 127].</param>
    /// <param name="first">First output channel.</param>
    /// <param name="count">Output channels in this chunk.</param>
    /// <param name="outputChannels">Output channels of the whole group.</param>
    /// <param name="depth">Taps × channels.</param>
    /// <param name="packed">Start of the group's packed area (not of the chunk).</param>
    public abstract void Pack(T* weights, int first, int count, int outputChannels, int depth, byte* packed);

    /// <summary>Scratch bytes that one worker needs (64-byte aligned by the caller).</summary>
    /// <param name="taps">Taps per output row.</param>
    /// <param name="channels">Channels per tap.</param>
    public abstract nuint ScratchBytes(int taps, int channels);

    /// <summary>Computes output rows [rowBegin, rowEnd) of output channels [columnBegin, columnEnd).</summary>
    public abstract void Run(in ConvolutionArgs<T> args, int rowBegin, int rowEnd, int columnBegin, int columnEnd, byte* scratch);
}
