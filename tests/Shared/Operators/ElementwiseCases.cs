using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Kernels.Lookup;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random elementwise, lookup and conversion problems.</summary>
public static unsafe class ElementwiseCases
{
    /// <summary>int8 operation on two maps.</summary>
    public static byte[] BinaryS8(RowKernel<BinaryArgs<sbyte>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        BinaryArgs<sbyte> args = Binary<sbyte>(scene, out int rows, out int countA, out int countB);
        Random random = scene.Random;
        args.Function = (BinaryFunction)random.Next(3);
        args.A = scene.Bytes(countA);
        args.B = scene.Bytes(countB);
        args.ScaleA = scene.Scale() / (args.Function == BinaryFunction.Multiply ? 64 : 1);
        args.ScaleB = scene.Scale();
        args.ZeroPointA = random.Next(-128, 128);
        args.ZeroPointB = random.Next(-128, 128);
        args.OutputZeroPoint = random.Next(-128, 128);
        args.OutputMin = scene.OneIn(2) ? -128 : args.OutputZeroPoint;
        args.OutputMax = 127;
        return Split(scene, kernel, args, rows);
    }

    /// <summary>fp32 operation on two maps.</summary>
    public static byte[] BinaryF32(RowKernel<BinaryArgs<float>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        BinaryArgs<float> args = Binary<float>(scene, out int rows, out int countA, out int countB);
        args.Function = (BinaryFunction)scene.Random.Next(7);
        args.A = scene.Floats(countA);
        args.B = scene.Floats(countB);
        args.OutputMin = scene.OneIn(2) ? 0 : float.NegativeInfinity;
        args.OutputMax = scene.OneIn(2) ? 6 : float.PositiveInfinity;
        return Split(scene, kernel, args, rows);
    }

    /// <summary>fp32 function of one map.</summary>
    public static byte[] Unary(RowKernel<UnaryArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int channels = scene.Channels();
        int rows = random.Next(1, 8);
        int stride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        var args = new UnaryArgs
        {
            Input = scene.Floats(((rows - 1) * stride) + channels),
            InputStride = stride,
            Channels = channels,
            Function = (UnaryFunction)(seed % 26),
            Alpha = random.Next(-100, 100) / 128f,
            Beta = 1 + (random.Next(0, 100) / 32f),
            AlphaPerChannel = scene.OneIn(3) ? scene.Floats(channels) : null,
            OutputStride = outputStride,
        };
        bool inPlace = scene.OneIn(3);
        args.Output = (float*)scene.Output(rows, channels, outputStride, sizeof(float), inPlace ? 64 : 0);
        if (inPlace)
        {
            for (int row = 0; row < rows; row++)
            {
                new Span<float>(args.Input + (row * stride), channels).CopyTo(new Span<float>(args.Output + (row * outputStride), channels));
            }

            args.Input = args.Output;
            args.InputStride = outputStride;
        }

        return Split(scene, kernel, args, rows);
    }

    /// <summary>Lookup with one table or one per channel.</summary>
    public static byte[] Lookup(RowKernel<LookupArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int channels = scene.Channels();
        int rows = random.Next(1, 8);
        int stride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        bool perChannel = scene.OneIn(3);
        var args = new LookupArgs
        {
            Input = scene.Bytes(((rows - 1) * stride) + channels),
            InputStride = stride,
            Channels = channels,
            Lut = scene.Bytes(perChannel ? 256 * channels : 256, 0),
            PerChannel = perChannel,
            Output = (sbyte*)scene.Output(rows, channels, outputStride, 1),
            OutputStride = outputStride,
        };
        return Split(scene, kernel, args, rows);
    }

    /// <summary>float to int8.</summary>
    public static byte[] Quantize(RowKernel<ConvertArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        ConvertArgs args = Convert(scene, out int rows, out int count);
        args.Input = scene.Floats(count, 0);
        args.Output = scene.Output(rows, args.Channels, (int)args.OutputStride, 1);
        return Split(scene, kernel, args, rows);
    }

    /// <summary>int8 to float.</summary>
    public static byte[] Dequantize(RowKernel<ConvertArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        ConvertArgs args = Convert(scene, out int rows, out int count);
        args.Input = scene.Bytes(count, 0);
        args.Output = scene.Output(rows, args.Channels, (int)args.OutputStride, sizeof(float));
        return Split(scene, kernel, args, rows);
    }

    private static ConvertArgs Convert(OperatorScene scene, out int rows, out int count)
    {
        int channels = scene.Channels();
        rows = scene.Random.Next(1, 8);
        int stride = channels + (scene.OneIn(2) ? scene.Random.Next(20) : 0);
        count = ((rows - 1) * stride) + channels;
        return new ConvertArgs
        {
            InputStride = stride,
            Channels = channels,
            Scale = scene.OneIn(2) ? 0.0625f : scene.Scale() / 16,
            ZeroPoint = scene.Random.Next(-128, 128),
            OutputStride = channels + (scene.OneIn(2) ? scene.Random.Next(20) : 0),
        };
    }

    private static BinaryArgs<T> Binary<T>(OperatorScene scene, out int rows, out int countA, out int countB)
        where T : unmanaged
    {
        Random random = scene.Random;
        int channels = scene.Channels();
        rows = random.Next(1, 8);
        int inputRows = random.Next(1, 10);
        bool tableA = scene.OneIn(3);
        bool tableB = scene.OneIn(3);
        var args = new BinaryArgs<T>
        {
            StrideA = channels + (scene.OneIn(2) ? random.Next(20) : 0),
            TableA = tableA ? scene.Table(rows, 1, inputRows, sentinels: false) : null,
            StrideB = channels + (scene.OneIn(2) ? random.Next(20) : 0),
            TableB = tableB ? scene.Table(rows, 1, inputRows, sentinels: false) : null,
            Channels = channels,
            OutputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0),
        };
        args.Output = (T*)scene.Output(rows, channels, (int)args.OutputStride, sizeof(T));
        countA = (((tableA ? inputRows : rows) - 1) * (int)args.StrideA) + channels;
        countB = (((tableB ? inputRows : rows) - 1) * (int)args.StrideB) + channels;
        return args;
    }

    private static byte[] Split<TArgs>(OperatorScene scene, RowKernel<TArgs> kernel, TArgs args, int rows)
        where TArgs : unmanaged
    {
        int cut = scene.Random.Next(rows + 1);
        kernel(in args, 0, cut);
        kernel(in args, cut, rows);
        return scene.Take();
    }
}
