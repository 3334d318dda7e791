using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>One int8 convolution problem with all its operands, and how to run a kernel on it.</summary>
public sealed unsafe class ConvolutionS8Case
{
    private const byte Canary = 0xA5;

    /// <summary>Taps per output row.</summary>
    public int Taps { get; init; }

    /// <summary>Channels per tap.</summary>
    public int Channels { get; init; }

    /// <summary>Output channels.</summary>
    public int Outputs { get; init; }

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

    /// <summary>[Outputs, Taps, Channels].</summary>
    public required sbyte[] Weights { get; init; }

    /// <summary>[Outputs].</summary>
    public required int[] Bias { get; init; }

    /// <summary>[Outputs].</summary>
    public required float[] Scale { get; init; }

    /// <summary>Output zero point.</summary>
    public int ZeroPoint { get; init; }

    /// <summary>Lower clamp.</summary>
    public float Min { get; init; } = -128;

    /// <summary>Upper clamp.</summary>
    public float Max { get; init; } = 127;

    /// <summary>The output is fp32; the clamp is then in real numbers.</summary>
    public bool Floats { get; init; }

    /// <summary>Where the row range is cut in two for the run.</summary>
    public int RowCut { get; init; }

    /// <summary>Where the column range is cut, in column tiles of the kernel under test.</summary>
    public int ColumnCut { get; init; }

    /// <summary>A random problem; small odd shapes, now and then a deep or an extreme one.</summary>
    public static ConvolutionS8Case Random(Random random)
    {
        bool identity = random.Next(4) == 0;
        bool extreme = random.Next(4) == 0;
        bool deep = random.Next(20) == 0;
        int taps = identity ? 1 : random.Next(3) == 0 ? 9 : random.Next(1, 26);
        int channels = deep ? random.Next(500, 3000) : ChannelCount(random);
        int outputs = random.Next(1, deep ? 20 : 71);
        int rows = random.Next(1, deep ? 20 : 51);
        int inputRows = identity ? rows : random.Next(1, 60);
        int inputStride = channels + (random.Next(2) == 0 ? 0 : random.Next(1, 40));
        int zeroPoint = random.Next(-128, 128);
        float bound = extreme ? 1f : 0.02f;
        bool floats = random.Next(3) == 0;
        (float Min, float Max) clamp = floats ? RealClamp(random) : QuantisedClamp(random);
        return new ConvolutionS8Case
        {
            Taps = taps,
            Channels = channels,
            Outputs = outputs,
            Rows = rows,
            InputStride = inputStride,
            OutputStride = outputs + (random.Next(2) == 0 ? 0 : random.Next(1, 40)),
            Input = KernelData.Bytes(random, inputRows * inputStride, -128, extreme),
            Padding = KernelData.Bytes(random, channels, -128, extreme),
            Table = identity ? null : KernelData.Table(random, rows, taps, inputRows),
            Weights = KernelData.Bytes(random, outputs * taps * channels, -127, extreme),
            Bias = KernelData.Ints(random, outputs, extreme ? int.MaxValue : 100_000),
            Scale = KernelData.Scales(random, outputs, bound),
            ZeroPoint = zeroPoint,
            Min = clamp.Min,
            Max = clamp.Max,
            Floats = floats,
            RowCut = random.Next(0, rows + 1),
            ColumnCut = random.Next(0, 3),
        };
    }

    /// <summary>Runs the kernel in pieces (chunked packing, row and column sub-ranges) and returns the output elements' bytes, without gaps.</summary>
    /// <exception cref="InvalidOperationException">The kernel wrote outside its output.</exception>
    public sbyte[] Run(ConvolutionKernel<sbyte> kernel)
    {
        int depth = Taps * Channels;
        using var input = KernelData.Native(Input, 64);
        using var padding = KernelData.Native(Padding, 64);
        using var bias = KernelData.Native(Bias, 256);
        using var scale = KernelData.Native(Scale, 256);
        using var table = KernelData.Native(Table ?? [], 0);
        using var packed = new GuardedMemory((nint)kernel.PackedBytes(Outputs, depth), 64);
        using var scratch = new GuardedMemory((nint)kernel.ScratchBytes(Taps, Channels), 64);
        int size = Floats ? sizeof(float) : sizeof(sbyte);
        int outputBytes = ((Rows - 1) * OutputStride + Outputs) * size;
        using var output = new GuardedMemory(outputBytes + 1);
        new Span<byte>(output.Start, outputBytes + 1).Fill(Canary);

        int cut = Math.Min(ColumnCut * kernel.ColumnTile, Outputs);
        Pack(kernel, cut, Outputs - cut, depth, packed.Start);
        Pack(kernel, 0, cut, depth, packed.Start);
        var args = new ConvolutionArgs<sbyte>
        {
            Input = (sbyte*)input.Start,
            InputStride = InputStride,
            PaddingRow = (sbyte*)padding.Start,
            Table = Table == null ? null : (int*)table.Start,
            Taps = Taps,
            Channels = Channels,
            Weights = packed.Start,
            Bias = bias.Start,
            Scale = (float*)scale.Start,
            OutputChannels = Outputs,
            OutputZeroPoint = ZeroPoint,
            OutputMin = Min,
            OutputMax = Max,
            Output = Floats ? null : (sbyte*)output.Start + 1,
            FloatOutput = Floats ? (float*)(output.Start + 1) : null,
            OutputStride = OutputStride,
        };
        kernel.Run(args, RowCut, Rows, 0, cut, scratch.Start);
        kernel.Run(args, 0, RowCut, cut, Outputs, scratch.Start);
        kernel.Run(args, RowCut, Rows, cut, Outputs, scratch.Start);
        kernel.Run(args, 0, RowCut, 0, cut, scratch.Start);
        return KernelData.TakeRows(output.Start, Canary, Rows, Outputs * size, OutputStride * size);
    }

    /// <inheritdoc/>
    public override string ToString()
        => $"taps {Taps} channels {Channels} outputs {Outputs} rows {Rows} stride {InputStride}/{OutputStride} table {Table != null} cut {RowCut}/{ColumnCut} fp32 {Floats}";

    private void Pack(ConvolutionKernel<sbyte> kernel, int first, int count, int depth, byte* packed)
    {
        if (count > 0)
        {
            fixed (sbyte* weights = &Weights[(nint)first * depth])
            {
                kernel.Pack(weights, first, count, Outputs, depth, packed);
            }
        }
    }

    private static (float Min, float Max) QuantisedClamp(Random random)
    {
        int min = random.Next(3) == 0 ? random.Next(-128, 1) : -128;
        return (min, random.Next(3) == 0 ? random.Next(min, 128) : 127);
    }

    private static (float Min, float Max) RealClamp(Random random) => random.Next(4) switch
    {
        0 => (0, float.PositiveInfinity),
        1 => (-random.Next(1, 1000) / 8f, random.Next(1, 1000) / 8f),
        _ => (float.NegativeInfinity, float.PositiveInfinity),
    };

    private static int ChannelCount(Random random) => random.Next(4) switch
    {
        0 => random.Next(1, 9),
        1 => 16 * random.Next(1, 9),
        _ => random.Next(1, 131),
    };
}
