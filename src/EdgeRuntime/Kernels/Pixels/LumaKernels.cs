using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Pixels;

/// <summary>R, G, B to luma: the variants, fastest first.</summary>
public static unsafe class LumaKernels
{
    /// <summary>The variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<LumaArgs>> All { get; } =
    [
        new("luma", "vector128", static () => RgbLanes.IsSupported, Vector),
        new("luma", "reference", static () => true, Reference),
    ];

    private static void Reference(in LumaArgs args, int begin, int end)
    {
        for (nint x = begin; x < end; x++)
        {
            byte* pixel = args.Input + (x * 3);
            args.Output[x] = (byte)(((77 * pixel[0]) + (150 * pixel[1]) + (29 * pixel[2]) + 128) >> 8);
        }
    }

    private static void Vector(in LumaArgs args, int begin, int end)
    {
        int x = begin;
        for (; end - x >= 16; x += 16)
        {
            (Vector128<byte> r, Vector128<byte> g, Vector128<byte> b) = RgbLanes.Load(args.Input + ((nint)x * 3));
            (Vector128<ushort> r0, Vector128<ushort> r1) = Vector128.Widen(r);
            (Vector128<ushort> g0, Vector128<ushort> g1) = Vector128.Widen(g);
            (Vector128<ushort> b0, Vector128<ushort> b1) = Vector128.Widen(b);
            Vector128.Narrow(Sum(r0, g0, b0), Sum(r1, g1, b1)).Store(args.Output + x);
        }

        Reference(in args, x, end);
    }

    // At most 256 · 255 + 128: a uint16 holds it.
    private static Vector128<ushort> Sum(Vector128<ushort> r, Vector128<ushort> g, Vector128<ushort> b)
        => ((r * (ushort)77) + (g * (ushort)150) + (b * (ushort)29) + Vector128.Create((ushort)128)) >>> 8;
}
