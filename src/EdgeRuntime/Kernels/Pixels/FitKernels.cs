using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Resampling and normalising a line: the variants, fastest first.</summary>
public static unsafe class FitKernels
{
    /// <summary>The variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<FitArgs>> All { get; } =
    [
        new("fit-f32", "vector128", static () => Int8Lanes.IsSupported, Vector),
        new("fit-f32", "reference", static () => true, Reference),
    ];

    private static void Reference(in FitArgs args, int begin, int end)
    {
        for (nint i = begin; i < end; i++)
        {
            float top = Blend(args.Top[args.Low[i]], args.Top[args.High[i]], args.ShareX[i]);
            float bottom = Blend(args.Bottom[args.Low[i]], args.Bottom[args.High[i]], args.ShareX[i]);
            args.Output[i] = ((Blend(top, bottom, args.ShareY) * args.Scale) - args.Mean[i]) / args.Std[i];
        }
    }

    private static void Vector(in FitArgs args, int begin, int end)
    {
        int i = begin;
        Vector128<float> shareY = Vector128.Create(args.ShareY), scale = Vector128.Create(args.Scale);
        for (; end - i >= 4; i += 4)
        {
            Vector128<float> shareX = Vector128.Load(args.ShareX + i);
            Vector128<float> top = Blend(Gather(args.Top, args.Low + i), Gather(args.Top, args.High + i), shareX);
            Vector128<float> bottom = Blend(Gather(args.Bottom, args.Low + i), Gather(args.Bottom, args.High + i), shareX);
            Vector128<float> pixel = Blend(top, bottom, shareY);
            (((pixel * scale) - Vector128.Load(args.Mean + i)) / Vector128.Load(args.Std + i)).Store(args.Output + i);
        }

        Reference(in args, i, end);
    }

    private static float Blend(float low, float high, float share) => low + ((high - low) * share);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Blend(Vector128<float> low, Vector128<float> high, Vector128<float> share) => low + ((high - low) * share);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Gather(byte* line, int* at)
        => Vector128.ConvertToSingle(Vector128.Create(line[at[0]], line[at[1]], line[at[2]], (int)line[at[3]]));
}
