using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Colour conversion, sixteen pixels at a time.</summary>
internal static unsafe class YuvVector128
{
    private const int Width = 16;

    public static void Run(in YuvArgs args, int begin, int end)
    {
        // Pairs share their chroma, so whole groups start on even pixels.
        int x = Math.Min(end, begin + (begin & 1));
        YuvReference.Run(in args, begin, x);
        for (; end - x >= Width; x += Width)
        {
            (Vector128<byte> luma, Vector128<byte> u, Vector128<byte> v) = args.LumaStep == 2 ? Packed(in args, x) : Separate(in args, x);
            Convert(in args, luma, u, v, args.Output + ((nint)x * 3));
        }

        YuvReference.Run(in args, x, end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Luma, Vector128<byte> U, Vector128<byte> V) Packed(in YuvArgs args, nint x)
    {
        Vector128<ushort> low = Vector128.Load(args.Y + (x * 2)).AsUInt16();
        Vector128<ushort> high = Vector128.Load(args.Y + (x * 2) + 16).AsUInt16();
        Vector128<ushort> mask = Vector128.Create((ushort)0xFF);
        Vector128<byte> chroma = Vector128.Narrow(low >>> 8, high >>> 8);
        return (Vector128.Narrow(low & mask, high & mask), Even(chroma), Odd(chroma));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<byte> Luma, Vector128<byte> U, Vector128<byte> V) Separate(in YuvArgs args, nint x)
    {
        Vector128<byte> luma = Vector128.Load(args.Y + x);
        if (args.ChromaStep == 2)
        {
            Vector128<byte> chroma = Vector128.Load(args.U + x);
            return (luma, Even(chroma), Odd(chroma));
        }

        return (luma, Twice(args.U + (x >> 1)), Twice(args.V + (x >> 1)));
    }

    private static Vector128<byte> Even(Vector128<byte> pairs)
        => Vector128.Shuffle(pairs, Vector128.Create((byte)0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14));

    private static Vector128<byte> Odd(Vector128<byte> pairs)
        => Vector128.Shuffle(pairs, Vector128.Create((byte)1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15));

    private static Vector128<byte> Twice(byte* plane)
        => Vector128.Shuffle(Vector128.Create(Vector64.Load(plane), Vector64<byte>.Zero), Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert(in YuvArgs args, Vector128<byte> luma, Vector128<byte> u, Vector128<byte> v, byte* output)
    {
        (Vector128<ushort> y0, Vector128<ushort> y1) = Vector128.Widen(luma);
        (Vector128<ushort> u0, Vector128<ushort> u1) = Vector128.Widen(u);
        (Vector128<ushort> v0, Vector128<ushort> v1) = Vector128.Widen(v);
        (Vector128<short> r0, Vector128<short> g0, Vector128<short> b0) = Eight(in args, y0, u0, v0);
        (Vector128<short> r1, Vector128<short> g1, Vector128<short> b1) = Eight(in args, y1, u1, v1);
        RgbLanes.Store(Bytes(r0, r1), Bytes(g0, g1), Bytes(b0, b1), output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<short> R, Vector128<short> G, Vector128<short> B) Eight(in YuvArgs args, Vector128<ushort> y, Vector128<ushort> u, Vector128<ushort> v)
    {
        (Vector128<uint> y0, Vector128<uint> y1) = Vector128.Widen(y);
        (Vector128<uint> u0, Vector128<uint> u1) = Vector128.Widen(u);
        (Vector128<uint> v0, Vector128<uint> v1) = Vector128.Widen(v);
        (Vector128<int> r0, Vector128<int> g0, Vector128<int> b0) = Four(in args, y0.AsInt32(), u0.AsInt32(), v0.AsInt32());
        (Vector128<int> r1, Vector128<int> g1, Vector128<int> b1) = Four(in args, y1.AsInt32(), u1.AsInt32(), v1.AsInt32());
        return (Vector128.Narrow(r0, r1), Vector128.Narrow(g0, g1), Vector128.Narrow(b0, b1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<int> R, Vector128<int> G, Vector128<int> B) Four(in YuvArgs args, Vector128<int> y, Vector128<int> u, Vector128<int> v)
    {
        Vector128<int> luma = ((y - Vector128.Create(args.LumaZero)) * args.Luma) + Vector128.Create(32768);
        u -= Vector128.Create(128);
        v -= Vector128.Create(128);
        return ((luma + (v * args.RedV)) >> 16, (luma - (u * args.GreenU) - (v * args.GreenV)) >> 16, (luma + (u * args.BlueU)) >> 16);
    }

    // The sums lie within ±1000, so int16 holds them and the clamp may come late.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector128<short> low, Vector128<short> high)
        => Vector128.Narrow(Clamp(low).AsUInt16(), Clamp(high).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Clamp(Vector128<short> value)
        => Vector128.Min(Vector128.Max(value, Vector128<short>.Zero), Vector128.Create((short)255));
}
