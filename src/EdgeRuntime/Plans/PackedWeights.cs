using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Plans;

/// <summary>Weights in a kernel's own layout, read from the bundle piece by piece so that a layer is never held twice.</summary>
internal static unsafe class PackedWeights
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Packs all groups of a convolution.</summary>
    /// <param name="bundle">Where the weights are.</param>
    /// <param name="step">The convolution.</param>
    /// <param name="kernel">Whose layout is wanted.</param>
    /// <param name="groupBytes">Bytes from one group's weights to the next.</param>
    public static NativeBlock Pack<T>(Bundle bundle, ConvolutionStep step, ConvolutionKernel<T> kernel, out long groupBytes)
        where T : unmanaged
    {
        int channels = bundle.Maps[step.Output].Channels / step.Groups;
        int depth = step.Taps * (bundle.Maps[step.Inputs[0]].Channels / step.Groups);
        groupBytes = ((long)kernel.PackedBytes(channels, depth) + 63) / 64 * 64;
        NativeBlock packed = new(groupBytes * step.Groups);
        int rowsPerChunk = Math.Max(1, ChunkBytes / (depth * sizeof(T)) / kernel.ColumnTile) * kernel.ColumnTile;
        using NativeBlock chunk = new((long)Math.Min(rowsPerChunk, channels) * depth * sizeof(T));
        for (int group = 0; group < step.Groups; group++)
        {
            for (int row = 0; row < channels; row += rowsPerChunk)
            {
                int count = Math.Min(rowsPerChunk, channels - row);
                Span<byte> bytes = chunk.Span[..(count * depth * sizeof(T))];
                bundle.Weights.Read(bundle.Blobs[step.Weights].Offset + ((((long)group * channels) + row) * depth * sizeof(T)), bytes);
                CheckWeights<T>(step, bytes);
                kernel.Pack((T*)chunk.Pointer, row, count, channels, depth, packed.Pointer + (group * groupBytes));
            }
        }

        return packed;
    }

    /// <summary>Depthwise weights [taps, channels] with rows padded to a multiple of 32.</summary>
    public static NativeBlock PadDepthwise<T>(Bundle bundle, DepthwiseStep step, out int stride)
        where T : unmanaged
    {
        int channels = bundle.Maps[step.Output].Channels;
        stride = (channels + 31) / 32 * 32;
        NativeBlock block = new((long)step.Taps * stride * sizeof(T));
        for (int tap = 0; tap < step.Taps; tap++)
        {
            Span<byte> row = new(block.Pointer + ((long)tap * stride * sizeof(T)), channels * sizeof(T));
            bundle.Weights.Read(bundle.Blobs[step.Weights].Offset + ((long)tap * channels * sizeof(T)), row);
            CheckWeights<T>(step, row);
        }

        return block;
    }

    // The kernels' 16-bit sums of two products are exact only without -128.
    private static void CheckWeights<T>(Step step, ReadOnlySpan<byte> bytes)
    {
        if (typeof(T) == typeof(sbyte) && bytes.Contains((byte)0x80))
        {
            throw new BundleException($"Step '{step.Name}' has a weight of -128; int8 weights lie in [-127, 127]. Pack the model again.");
        }
    }
}
