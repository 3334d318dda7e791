using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Depthwise;

namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>One int8 depthwise problem with all its operands, and how to run a kernel on it.</summary>
public sealed unsafe class DepthwiseS8Case
{
    private const byte Canary = 0xA5;

    /// <summary>Taps per output row.</summary>
    public int Taps { get; init; }

    /// <summary>Channels.</summary>
    public int Channels { get; init; }

    /// <summary>Output rows.</summary>
    public int Rows { get; init; }

    /// <summary>Bytes between input rows.</summary>
    public int InputStride { get; init; }

    /// <summary>Bytes between output rows.</summary>
    public int OutputStride { get; init; }

    /// <summary>[inputRows, InputStride].</summary>
    public required sbyte[] Input { get; init; }

    /// <summary>[Channels].</summary>
    public required sbyte[] Padding { get; init; }

    /// <summary>[Rows, Taps] or null.</summary>
    public int[]? Table { get; init; }

    /// <summary>[Taps, Channels].</summary>
    public required sbyte[] Weights { get; init; }

    /// <summary>[Channels].</summary>
    public required int[] Bias { get; init; }

    /// <summary>[Channels].</summary>
    public required float[] Scale { get; init; }

    /// <summary>Output zero point.</summary>
    public int ZeroPoint { get; init; }

    /// <summary>Lower clamp.</summary>
    public float Min { get; init; } = -128;

    /// <summary>Upper clamp.</summary>
    public float Max { get; init; } = 127;

    /// <summary>Where the row range is cut in two for the run.</summary>
    public int RowCut { get; init; }

    /// <summary>A random problem of a small odd shape.</summary>
    public static DepthwiseS8Case Random(Random random)
    {
        bool identity = random.Next(4) == 0;
        bool extreme = random.Next(4) == 0;
        int taps = identity ? 1 : random.Next(3) == 0 ? 9 : random.Next(1, 26);
        int channels = random.Next(1, 131);
        int rows = random.Next(1, 51);
        int inputRows = identity ? rows : random.Next(1, 60);
        int inputStride = channels + (random.Next(2) == 0 ? 0 : random.Next(1, 40));
        int min = random.Next(3) == 0 ? random.Next(-128, 1) : -128;
        return new DepthwiseS8Case
        {
            Taps = taps,
            Channels = channels,
            Rows = rows,
            InputStride = inputStride,
            OutputStride = channels + (random.Next(2) == 0 ? 0 : random.Next(1, 40)),
            Input = KernelData.Bytes(random, inputRows * inputStride, -128, extreme),
            Padding = KernelData.Bytes(random, channels, -128, extreme),
            Table = identity ? null : KernelData.Table(random, rows, taps, inputRows),
            Weights = KernelData.Bytes(random, taps * channels, -127, extreme),
            Bias = KernelData.Ints(random, channels, extreme ? int.MaxValue : 10_000),
            Scale = KernelData.Scales(random, channels, extreme ? 1f : 0.1f),
            ZeroPoint = random.Next(-128, 128),
            Min = min,
            Max = random.Next(3) == 0 ? random.Next(min, 128) : 127,
            RowCut = random.Next(0, rows + 1),
        };
    }

    /// <summary>Runs the kernel in two row ranges and returns the output rows without gaps.</summary>
    /// <exception cref="InvalidOperationException">The kernel wrote outside its output.</exception>
    public sbyte[] Run(KernelVariant<DepthwiseArgs<sbyte>> kernel)
    {
        int stride = (Channels + 31) / 32 * 32;
        var padded = new sbyte[Taps * stride];
        for (int i = 0; i < Weights.Length; i++)
        {
            padded[i / Channels * stride + i % Channels] = Weights[i];
        }

        using var input = KernelData.Native(Input, 64);
        using var padding = KernelData.Native(Padding, 64);
        using var weights = KernelData.Native(padded, 64);
        using var bias = KernelData.Native(Bias, 256);
        using var scale = KernelData.Native(Scale, 256);
        using var table = KernelData.Native(Table ?? [], 0);
        int outputBytes = (Rows - 1) * OutputStride + Channels;
        using var output = new GuardedMemory(outputBytes + 1);
        new Span<byte>(output.Start, outputBytes + 1).Fill(Canary);
        var args = new DepthwiseArgs<sbyte>
        {
            Input = (sbyte*)input.Start,
            InputStride = InputStride,
            PaddingRow = (sbyte*)padding.Start,
            Table = Table == null ? null : (int*)table.Start,
            Taps = Taps,
            Channels = Channels,
            Weights = (sbyte*)weights.Start,
            WeightStride = stride,
            Bias = bias.Start,
            Scale = (float*)scale.Start,
            OutputZeroPoint = ZeroPoint,
            OutputMin = Min,
            OutputMax = Max,
            Output = (sbyte*)output.Start + 1,
            OutputStride = OutputStride,
        };
        kernel.Run(args, RowCut, Rows);
        kernel.Run(args, 0, RowCut);
        return KernelData.TakeRows(output.Start, Canary, Rows, Channels, OutputStride);
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"taps {Taps} channels {Channels} rows {Rows} stride {InputStride}/{OutputStride} table {Table != null} cut {RowCut}";
}
