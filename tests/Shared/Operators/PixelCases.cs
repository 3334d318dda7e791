using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random lines of pixels. Their memory ends where the last pixel does: cameras leave no room behind a frame.</summary>
public static unsafe class PixelCases
{
    /// <summary>Colour conversion of planes, NV12 and YUYV.</summary>
    public static byte[] Yuv(RowKernel<YuvArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int width = random.Next(1, 90);
        int pairs = (width + 1) / 2;
        bool full = scene.OneIn(2);
        var args = new YuvArgs
        {
            LumaZero = full ? 0 : 16,
            Luma = full ? 65536 : 76309,
            RedV = random.Next(80000, 120000),
            GreenU = random.Next(10000, 30000),
            GreenV = random.Next(30000, 60000),
            BlueU = random.Next(100000, 140000),
            LumaStep = 1,
        };
        switch (random.Next(3))
        {
            case 0:
                args.ChromaStep = 1;
                args.Y = Pixels(scene, width);
                args.U = Pixels(scene, pairs);
                args.V = Pixels(scene, pairs);
                break;
            case 1:
                args.ChromaStep = 2;
                args.Y = Pixels(scene, width);
                args.U = Pixels(scene, pairs * 2);
                args.V = args.U + 1;
                break;
            default:
                (args.LumaStep, args.ChromaStep) = (2, 4);
                args.Y = Pixels(scene, pairs * 4);
                args.U = args.Y + 1;
                args.V = args.Y + 3;
                break;
        }

        args.Output = scene.Output(width, 3, 3, 1);
        return Split(scene, kernel, args, width);
    }

    /// <summary>R, G, B to luma.</summary>
    public static byte[] Luma(RowKernel<LumaArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        int width = scene.Random.Next(1, 90);
        var args = new LumaArgs { Input = Pixels(scene, width * 3), Output = scene.Output(width, 1, 1, 1) };
        return Split(scene, kernel, args, width);
    }

    /// <summary>Resampling and normalising.</summary>
    public static byte[] Fit(RowKernel<FitArgs> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        int width = random.Next(1, 90), elements = random.Next(1, 70);
        var args = new FitArgs
        {
            Top = Pixels(scene, width),
            Bottom = Pixels(scene, width),
            Low = scene.Table(elements, 1, width, sentinels: false),
            High = scene.Table(elements, 1, width, sentinels: false),
            ShareX = scene.Floats(elements, 0, special: false),
            ShareY = random.Next(256) / 256f,
            Scale = scene.Scale(),
            Mean = scene.Floats(elements, 0),
            Std = scene.Floats(elements, 0),
        };
        args.Output = (float*)scene.Output(elements, 1, 1, sizeof(float));
        return Split(scene, kernel, args, elements);
    }

    private static byte* Pixels(OperatorScene scene, int count) => (byte*)scene.Bytes(count, 0);

    private static byte[] Split<TArgs>(OperatorScene scene, RowKernel<TArgs> kernel, TArgs args, int count)
        where TArgs : unmanaged
    {
        int cut = scene.Random.Next(count + 1);
        kernel(in args, cut, count);
        kernel(in args, 0, cut);
        return scene.Take();
    }
}
