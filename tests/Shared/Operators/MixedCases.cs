using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Copy;
using EdgeRuntime.Kernels.MatMul;
using EdgeRuntime.Kernels.Normalization;
using EdgeRuntime.Kernels.Softmax;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random softmax, normalisation, gather and matrix product problems.</summary>
public static unsafe class MixedCases
{
    /// <summary>Softmax or its logarithm.</summary>
    public static byte[] Softmax(RowKernel<SoftmaxArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int channels = scene.OneIn(8) ? random.Next(500, 1100) : scene.Channels();
        int rows = scene.OneIn(4) ? random.Next(1, 200) : random.Next(1, 8);
        int stride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        var args = new SoftmaxArgs
        {
            Input = scene.Floats(((rows - 1) * stride) + channels, 0),
            InputStride = stride,
            Channels = channels,
            Logarithm = scene.OneIn(2),
            Output = (float*)scene.Output(rows, channels, outputStride, sizeof(float)),
            OutputStride = outputStride,
        };
        return Split(scene, kernel, args, rows);
    }

    /// <summary>int8 local response normalisation.</summary>
    public static byte[] LrnS8(RowKernel<LrnArgs<sbyte>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        LrnArgs<sbyte> args = Lrn<sbyte>(scene, out int rows, out int count);
        args.Input = scene.Bytes(count);
        args.InputScale = scene.Scale();
        args.OutputScale = scene.Scale() / 4;
        args.InputZeroPoint = scene.Random.Next(-128, 128);
        args.OutputZeroPoint = scene.Random.Next(-128, 128);
        return Split(scene, kernel, args, rows);
    }

    /// <summary>fp32 local response normalisation.</summary>
    public static byte[] LrnF32(RowKernel<LrnArgs<float>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        LrnArgs<float> args = Lrn<float>(scene, out int rows, out int count);
        args.Input = scene.Floats(count);
        return Split(scene, kernel, args, rows);
    }

    /// <summary>Gather of pieces of any width.</summary>
    public static byte[] Gather(RowKernel<GatherArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        bool identity = scene.OneIn(4);
        int rows = random.Next(1, 8);
        int taps = random.Next(1, 20);
        int width = random.Next(5) switch { 0 => 1, 1 => 4, 2 => 4 * random.Next(1, 40), _ => random.Next(1, 150) };
        int pieces = random.Next(1, 50);
        int inputStride = (taps * width) + random.Next(10);
        int outputStride = (taps * width) + (scene.OneIn(2) ? random.Next(20) : 0);
        var args = new GatherArgs
        {
            Input = (byte*)scene.Bytes(identity ? ((rows - 1) * inputStride) + (taps * width) : pieces * width, 0),
            InputStrideBytes = inputStride,
            Table = identity ? null : scene.Table(rows, taps, pieces),
            Taps = taps,
            WidthBytes = width,
            PaddingRow = (byte*)scene.Bytes(width, 0),
            Output = scene.Output(rows, taps * width, outputStride, 1),
            OutputStrideBytes = outputStride,
        };
        return Split(scene, kernel, args, rows);
    }

    /// <summary>Product of two activations.</summary>
    public static byte[] MatMul(RowKernel<MatMulArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int m = random.Next(1, 14);
        int k = random.Next(1, 40);
        int n = random.Next(1, 70);
        int batch = random.Next(1, 4);
        int stored = random.Next(1, 4);
        int* batchA = scene.OneIn(2) ? scene.Table(batch, 1, stored, sentinels: false) : null;
        int* batchB = scene.OneIn(2) ? scene.Table(batch, 1, stored, sentinels: false) : null;
        var args = new MatMulArgs
        {
            A = scene.Floats((batchA == null ? batch : stored) * m * k, 0),
            B = scene.Floats((batchB == null ? batch : stored) * k * n),
            M = m,
            K = k,
            N = n,
            BatchA = batchA,
            BatchB = batchB,
            Output = (float*)scene.Output(batch * m, n, n, sizeof(float)),
        };
        return Split(scene, kernel, args, batch * m);
    }

    private static LrnArgs<T> Lrn<T>(OperatorScene scene, out int rows, out int count)
        where T : unmanaged
    {
        Random random = scene.Random;
        int channels = scene.OneIn(8) ? random.Next(500, 1100) : scene.Channels();
        rows = random.Next(1, 6);
        int stride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        count = ((rows - 1) * stride) + channels;
        return new LrnArgs<T>
        {
            InputStride = stride,
            Channels = channels,
            Size = scene.OneIn(8) ? random.Next(8, 80) : random.Next(1, 8),
            Alpha = random.Next(1, 100) / 256f,
            Beta = random.Next(4) switch { 0 => 0.5f, 1 => 1f, 2 => 0.75f, _ => 0.6f },
            Bias = random.Next(0, 5) / 2f,
            Output = (T*)scene.Output(rows, channels, outputStride, sizeof(T)),
            OutputStride = outputStride,
        };
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
