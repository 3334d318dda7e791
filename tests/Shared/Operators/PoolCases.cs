using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Pooling;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random pooling and resampling problems.</summary>
public static unsafe class PoolCases
{
    /// <summary>int8 pooling.</summary>
    public static byte[] PoolS8(RowKernel<PoolArgs<sbyte>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        PoolArgs<sbyte> args = Pool<sbyte>(scene, out int rows, out int inputElements);
        args.Input = scene.Bytes(inputElements);
        args.Scale = scene.Scale();
        args.InputZeroPoint = scene.Random.Next(-128, 128);
        args.OutputZeroPoint = scene.Random.Next(-128, 128);
        return Finish(scene, kernel, args, rows);
    }

    /// <summary>fp32 pooling.</summary>
    public static byte[] PoolF32(RowKernel<PoolArgs<float>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        PoolArgs<float> args = Pool<float>(scene, out int rows, out int inputElements);
        args.Input = scene.Floats(inputElements);
        args.Scale = 1;
        return Finish(scene, kernel, args, rows);
    }

    /// <summary>int8 resampling.</summary>
    public static byte[] ResampleS8(RowKernel<ResampleArgs<sbyte>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        ResampleArgs<sbyte> args = Resample<sbyte>(scene, out int rows, out int inputElements, special: false);
        args.Input = scene.Bytes(inputElements);
        args.Scale = scene.Scale();
        args.InputZeroPoint = scene.Random.Next(-128, 128);
        args.OutputZeroPoint = scene.Random.Next(-128, 128);
        int cut = scene.Random.Next(rows + 1);
        kernel(in args, 0, cut);
        kernel(in args, cut, rows);
        return scene.Take();
    }

    /// <summary>fp32 resampling.</summary>
    public static byte[] ResampleF32(RowKernel<ResampleArgs<float>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        ResampleArgs<float> args = Resample<float>(scene, out int rows, out int inputElements, special: true);
        args.Input = scene.Floats(inputElements);
        int cut = scene.Random.Next(rows + 1);
        kernel(in args, 0, cut);
        kernel(in args, cut, rows);
        return scene.Take();
    }

    private static PoolArgs<T> Pool<T>(OperatorScene scene, out int rows, out int inputElements)
        where T : unmanaged
    {
        Random random = scene.Random;
        int taps = scene.OneIn(8) ? random.Next(200, 400) : random.Next(1, 12);
        int channels = scene.Channels();
        int inputRows = random.Next(1, 30);
        int inputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        rows = random.Next(1, 8);
        inputElements = ((inputRows - 1) * inputStride) + channels;
        return new PoolArgs<T>
        {
            InputStride = inputStride,
            Table = scene.Table(rows, taps, inputRows),
            Taps = taps,
            Channels = channels,
            Average = scene.OneIn(2),
            Divisor = scene.OneIn(2) ? 0 : random.Next(1, 20),
            Output = (T*)scene.Output(rows, channels, outputStride, sizeof(T)),
            OutputStride = outputStride,
        };
    }

    private static byte[] Finish<T>(OperatorScene scene, RowKernel<PoolArgs<T>> kernel, PoolArgs<T> args, int rows)
        where T : unmanaged
    {
        int cut = scene.Random.Next(rows + 1);
        kernel(in args, 0, cut);
        kernel(in args, cut, rows);
        return scene.Take();
    }

    private static ResampleArgs<T> Resample<T>(OperatorScene scene, out int rows, out int inputElements, bool special)
        where T : unmanaged
    {
        Random random = scene.Random;
        int taps = random.Next(1, 17);
        int channels = scene.Channels();
        int inputRows = random.Next(1, 30);
        int inputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        rows = random.Next(1, 8);
        inputElements = ((inputRows - 1) * inputStride) + channels;
        return new ResampleArgs<T>
        {
            InputStride = inputStride,
            Table = scene.Table(rows, taps, inputRows),
            Weights = scene.Floats(rows * taps, 0, special),
            Taps = taps,
            Channels = channels,
            Output = (T*)scene.Output(rows, channels, outputStride, sizeof(T)),
            OutputStride = outputStride,
        };
    }
}
