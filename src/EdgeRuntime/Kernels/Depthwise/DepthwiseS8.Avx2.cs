using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>AVX2, 16 channels at a time.</summary>
/// <remarks>
/// With weights in [-127, 127] the products of two taps add up within int16; interleaving two such sums lets
/// <c>vpmaddwd</c> with ones widen and add four taps at once. The interleave leaves channels 0–3 and 8–11 in the first
/// accumulator, 4–7 and 12–15 in the second; the pack at the end puts them back in order.
/// </remarks>
internal readonly unsafe struct DepthwiseS8Avx2 : IDepthwiseS8Chunk
{
    public static KernelVariant<DepthwiseArgs<sbyte>> Variant { get; } =
        new("depthwise-s8", "avx2", () => Avx2.IsSupported, DepthwiseS8Driver<DepthwiseS8Avx2>.Run);

    /// <inheritdoc/>
    public static void Any(DepthwiseS8Row* row, nint channel, sbyte* output)
    {
        Vector256<int> c0 = Load(row->Bias + channel);
        Vector256<int> c1 = Load(row->Bias + channel + 4);
        sbyte** s = row->Sources;
        sbyte* w = row->Weights + channel;
        nint stride = row->WeightStride;
        int taps = row->Taps;
        for (; taps >= 4; taps -= 4)
        {
            Vector256<short> first = Pair(s[0] + channel, w, s[1] + channel, w + stride);
            w += 2 * stride;
            Vector256<short> second = Pair(s[2] + channel, w, s[3] + channel, w + stride);
            w += 2 * stride;
            s += 4;
            Add(first, second, ref c0, ref c1);
        }

        if (taps >= 2)
        {
            Vector256<short> first = Pair(s[0] + channel, w, s[1] + channel, w + stride);
            w += 2 * stride;
            Vector256<short> second = taps == 3 ? Product(s[2] + channel, w) : Vector256<short>.Zero;
            Add(first, second, ref c0, ref c1);
        }
        else if (taps == 1)
        {
            Add(Product(s[0] + channel, w), Vector256<short>.Zero, ref c0, ref c1);
        }

        Store(row, channel, c0, c1, output);
    }

    /// <inheritdoc/>
    public static void Nine(DepthwiseS8Row* row, int chunks, sbyte* output)
    {
        sbyte** s = row->Sources;
        nint stride = row->WeightStride;
        sbyte* w = row->Weights;
        sbyte* w3 = w + 3 * stride;
        sbyte* w6 = w3 + 3 * stride;
        nint c = 0;
        do
        {
            Vector256<int> c0 = Load(row->Bias + c);
            Vector256<int> c1 = Load(row->Bias + c + 4);
            Add(Pair(s[0] + c, w, s[1] + c, w + stride), Pair(s[2] + c, w + 2 * stride, s[3] + c, w3), ref c0, ref c1);
            Add(Pair(s[4] + c, w3 + stride, s[5] + c, w3 + 2 * stride), Pair(s[6] + c, w6, s[7] + c, w6 + stride), ref c0, ref c1);
            Add(Product(s[8] + c, w6 + 2 * stride), Vector256<short>.Zero, ref c0, ref c1);
            Store(row, c, c0, c1, output + c);
            w += 16;
            w3 += 16;
            w6 += 16;
            c += 16;
        }
        while (--chunks != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Product(sbyte* x, sbyte* w)
        => Avx2.MultiplyLow(
            Avx2.ConvertToVector256Int16(x), Avx2.ConvertToVector256Int16(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pair(sbyte* x0, sbyte* w0, sbyte* x1, sbyte* w1)
        => Avx2.Add(Product(x0, w0), Product(x1, w1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(Vector256<short> first, Vector256<short> second, ref Vector256<int> c0, ref Vector256<int> c1)
    {
        Vector256<short> ones = Vector256.Create((short)1);
        c0 = Avx2.Add(c0, Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(first, second), ones));
        c1 = Avx2.Add(c1, Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(first, second), ones));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(int* values) => Vector256.Create(Vector128.Load(values), Vector128.Load(values + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(DepthwiseS8Row* row, nint channel, Vector256<int> c0, Vector256<int> c1, sbyte* output)
    {
        int* scale = (int*)row->Scale + channel;
        Vector256<float> low = Vector256.Create(row->Low);
        Vector256<float> high = Vector256.Create(row->High);
        Vector256<int> zeroPoint = Vector256.Create(row->ZeroPoint);
        c0 = RequantizeS8.Avx(c0, Load(scale).AsSingle(), low, high, zeroPoint);
        c1 = RequantizeS8.Avx(c1, Load(scale + 4).AsSingle(), low, high, zeroPoint);
        Vector256<short> words = Avx2.PackSignedSaturate(c0, c1);
        Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).Store(output);
    }
}
