using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>Armv8.0 NEON, 16 channels at a time: two taps share an int16 sum (<c>smull</c>, <c>smlal</c>), exact with weights in [-127, 127].</summary>
internal readonly unsafe struct DepthwiseS8Neon : IDepthwiseS8Chunk
{
    public static KernelVariant<DepthwiseArgs<sbyte>> Variant { get; } =
        new("depthwise-s8", "neon", () => AdvSimd.Arm64.IsSupported, DepthwiseS8Driver<DepthwiseS8Neon>.Run);

    /// <inheritdoc/>
    public static void Any(DepthwiseS8Row* row, nint channel, sbyte* output)
    {
        Vector128<int> c0 = Vector128.Load(row->Bias + channel);
        Vector128<int> c1 = Vector128.Load(row->Bias + channel + 4);
        Vector128<int> c2 = Vector128.Load(row->Bias + channel + 8);
        Vector128<int> c3 = Vector128.Load(row->Bias + channel + 12);
        sbyte** sources = row->Sources;
        sbyte* weights = row->Weights + channel;
        nint stride = row->WeightStride;
        int taps = row->Taps;
        for (; taps >= 2; taps -= 2)
        {
            Pair(sources[0] + channel, sources[1] + channel, weights, weights + stride, ref c0, ref c1, ref c2, ref c3);
            sources += 2;
            weights += 2 * stride;
        }

        if (taps != 0)
        {
            Single(sources[0] + channel, weights, ref c0, ref c1, ref c2, ref c3);
        }

        Store(row, channel, c0, c1, c2, c3, output);
    }

    /// <inheritdoc/>
    public static void Nine(DepthwiseS8Row* row, int chunks, sbyte* output)
    {
        sbyte** sources = row->Sources;
        sbyte* s0 = sources[0];
        sbyte* s1 = sources[1];
        sbyte* s2 = sources[2];
        sbyte* s3 = sources[3];
        sbyte* s4 = sources[4];
        sbyte* s5 = sources[5];
        sbyte* s6 = sources[6];
        sbyte* s7 = sources[7];
        sbyte* s8 = sources[8];
        nint stride = row->WeightStride;
        sbyte* w0 = row->Weights;
        sbyte* w1 = w0 + stride;
        sbyte* w2 = w1 + stride;
        sbyte* w3 = w2 + stride;
        sbyte* w4 = w3 + stride;
        sbyte* w5 = w4 + stride;
        sbyte* w6 = w5 + stride;
        sbyte* w7 = w6 + stride;
        sbyte* w8 = w7 + stride;
        int* bias = row->Bias;
        nint c = 0;
        do
        {
            Vector128<int> c0 = Vector128.Load(bias);
            Vector128<int> c1 = Vector128.Load(bias + 4);
            Vector128<int> c2 = Vector128.Load(bias + 8);
            Vector128<int> c3 = Vector128.Load(bias + 12);
            bias += 16;
            Pair(s0 + c, s1 + c, w0 + c, w1 + c, ref c0, ref c1, ref c2, ref c3);
            Pair(s2 + c, s3 + c, w2 + c, w3 + c, ref c0, ref c1, ref c2, ref c3);
            Pair(s4 + c, s5 + c, w4 + c, w5 + c, ref c0, ref c1, ref c2, ref c3);
            Pair(s6 + c, s7 + c, w6 + c, w7 + c, ref c0, ref c1, ref c2, ref c3);
            Single(s8 + c, w8 + c, ref c0, ref c1, ref c2, ref c3);
            Store(row, c, c0, c1, c2, c3, output + c);
            c += 16;
        }
        while (--chunks != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(
        sbyte* x0, sbyte* x1, sbyte* w0, sbyte* w1, ref Vector128<int> c0, ref Vector128<int> c1, ref Vector128<int> c2, ref Vector128<int> c3)
    {
        (Vector64<sbyte> xl, Vector64<sbyte> xh) = AdvSimd.Arm64.LoadPairVector64(x0);
        (Vector64<sbyte> wl, Vector64<sbyte> wh) = AdvSimd.Arm64.LoadPairVector64(w0);
        (Vector64<sbyte> yl, Vector64<sbyte> yh) = AdvSimd.Arm64.LoadPairVector64(x1);
        (Vector64<sbyte> vl, Vector64<sbyte> vh) = AdvSimd.Arm64.LoadPairVector64(w1);
        Vector128<short> low = AdvSimd.MultiplyWideningLower(xl, wl);
        Vector128<short> high = AdvSimd.MultiplyWideningLower(xh, wh);
        low = AdvSimd.MultiplyWideningLowerAndAdd(low, yl, vl);
        high = AdvSimd.MultiplyWideningLowerAndAdd(high, yh, vh);
        Add(low, high, ref c0, ref c1, ref c2, ref c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Single(sbyte* x, sbyte* w, ref Vector128<int> c0, ref Vector128<int> c1, ref Vector128<int> c2, ref Vector128<int> c3)
    {
        (Vector64<sbyte> xl, Vector64<sbyte> xh) = AdvSimd.Arm64.LoadPairVector64(x);
        (Vector64<sbyte> wl, Vector64<sbyte> wh) = AdvSimd.Arm64.LoadPairVector64(w);
        Add(AdvSimd.MultiplyWideningLower(xl, wl), AdvSimd.MultiplyWideningLower(xh, wh), ref c0, ref c1, ref c2, ref c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector128<short> low, Vector128<short> high, ref Vector128<int> c0, ref Vector128<int> c1, ref Vector128<int> c2, ref Vector128<int> c3)
    {
        // Upper halves first: taking the lower half costs a move unless it is the last use.
        c1 = AdvSimd.AddWideningUpper(c1, low);
        c3 = AdvSimd.AddWideningUpper(c3, high);
        c0 = AdvSimd.AddWideningLower(c0, low.GetLower());
        c2 = AdvSimd.AddWideningLower(c2, high.GetLower());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        DepthwiseS8Row* row, nint channel, Vector128<int> c0, Vector128<int> c1, Vector128<int> c2, Vector128<int> c3, sbyte* output)
    {
        float* scale = row->Scale + channel;
        Vector128<float> low = Vector128.Create(row->Low);
        Vector128<float> high = Vector128.Create(row->High);
        Vector128<sbyte> zeroPoint = Vector128.Create((sbyte)row->ZeroPoint);
        c0 = RequantizeS8.Neon(c0, Vector128.Load(scale), low, high);
        c1 = RequantizeS8.Neon(c1, Vector128.Load(scale + 4), low, high);
        c2 = RequantizeS8.Neon(c2, Vector128.Load(scale + 8), low, high);
        c3 = RequantizeS8.Neon(c3, Vector128.Load(scale + 12), low, high);
        RequantizeS8.NeonNarrow(c0, c1, c2, c3, zeroPoint).Store(output);
    }
}
