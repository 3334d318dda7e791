using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Armv8.0 NEON (Cortex-A53, A72), 4 rows × 4 columns, each accumulator four partial sums along the depth.</summary>
/// <remarks>
/// With weights in [-127, 127] two int8 products fit int16, so <c>smull</c>, <c>smlal</c> and <c>sadalp</c> serve sixteen
/// products. Four rows go through each of the three in turn, which gives an in-order core independent work.
/// Packed panel: [depth / 16][4 columns][16].
/// </remarks>
public sealed unsafe class ConvolutionS8Neon4x4 : ConvolutionS8Tiled
{
    /// <inheritdoc/>
    public override string Name => "neon-4x4";

    /// <inheritdoc/>
    public override bool IsSupported => AdvSimd.Arm64.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 4;

    /// <inheritdoc/>
    public override int ColumnTile => 4;

    private protected override int DepthStep => 16;

    private protected override void PackPanel(sbyte* weights, int count, int depth, byte* panel)
        => PackInterleaved(weights, count, depth, 16, (sbyte*)panel);

    private protected override void RunPanel(ConvolutionS8Panel* panel)
    {
        sbyte* rows = panel->Rows;
        sbyte* output = panel->Output;
        int count = panel->Count;
        for (; count >= 4; count -= 4)
        {
            Tile<Rows4>(panel, rows, output);
            rows += 4 * panel->RowStride;
            output += 4 * panel->OutputStride;
        }

        if ((count & 2) != 0)
        {
            Tile<Rows2>(panel, rows, output);
            rows += 2 * panel->RowStride;
            output += 2 * panel->OutputStride;
        }

        if ((count & 1) != 0)
        {
            OneRow(panel, rows, output);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile<TRows>(ConvolutionS8Panel* panel, sbyte* rows, sbyte* output)
        where TRows : struct, ITileRows
    {
        nint stride = panel->RowStride;
        sbyte* a0 = rows;
        sbyte* a1 = a0 + stride;
        sbyte* a2 = a1 + stride;
        sbyte* a3 = a2 + stride;
        sbyte* b = (sbyte*)panel->Weights;
        Vector128<int> zero = Vector128<int>.Zero;
        Vector128<int> c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        Vector128<int> c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        Vector128<int> c20 = zero, c21 = zero, c22 = zero, c23 = zero;
        Vector128<int> c30 = zero, c31 = zero, c32 = zero, c33 = zero;
        Vector64<sbyte> l2 = default, h2 = default, l3 = default, h3 = default;

        nint k = panel->Depth;
        do
        {
            // Halves are loaded as such: the lower half of a loaded vector would cost a move.
            (Vector64<sbyte> l0, Vector64<sbyte> h0) = AdvSimd.Arm64.LoadPairVector64(a0);
            (Vector64<sbyte> l1, Vector64<sbyte> h1) = AdvSimd.Arm64.LoadPairVector64(a1);
            a0 += 16;
            a1 += 16;

            if (TRows.Count > 2)
            {
                (l2, h2) = AdvSimd.Arm64.LoadPairVector64(a2);
                (l3, h3) = AdvSimd.Arm64.LoadPairVector64(a3);
                a2 += 16;
                a3 += 16;
            }

            Column<TRows>(b, l0, h0, l1, h1, l2, h2, l3, h3, ref c00, ref c10, ref c20, ref c30);
            b += 16;
            Column<TRows>(b, l0, h0, l1, h1, l2, h2, l3, h3, ref c01, ref c11, ref c21, ref c31);
            b += 16;
            Column<TRows>(b, l0, h0, l1, h1, l2, h2, l3, h3, ref c02, ref c12, ref c22, ref c32);
            b += 16;
            Column<TRows>(b, l0, h0, l1, h1, l2, h2, l3, h3, ref c03, ref c13, ref c23, ref c33);
            b += 16;
            k -= 16;
        }
        while (k != 0);

        Vector128<int> bias = Vector128.Load(panel->Bias);
        Vector128<float> scale = Vector128.Load(panel->Scale);
        Vector128<float> low = Vector128.Create(panel->Low);
        Vector128<float> high = Vector128.Create(panel->High);
        Vector128<sbyte> zeroPoint = Vector128.Create((sbyte)panel->ZeroPoint);
        stride = panel->OutputStride;
        Vector128<int> r0 = Requantize(c00, c01, c02, c03, bias, scale, low, high);
        Vector128<int> r1 = Requantize(c10, c11, c12, c13, bias, scale, low, high);
        if (TRows.Count == 2)
        {
            Vector128<uint> two = RequantizeS8.NeonNarrow(r0, r1, r0, r1, zeroPoint).AsUInt32();
            AdvSimd.StoreSelectedScalar((uint*)output, two, 0);
            AdvSimd.StoreSelectedScalar((uint*)(output + stride), two, 1);
            return;
        }

        Vector128<int> r2 = Requantize(c20, c21, c22, c23, bias, scale, low, high);
        Vector128<int> r3 = Requantize(c30, c31, c32, c33, bias, scale, low, high);
        Vector128<uint> four = RequantizeS8.NeonNarrow(r0, r1, r2, r3, zeroPoint).AsUInt32();
        AdvSimd.StoreSelectedScalar((uint*)output, four, 0);
        output += stride;
        AdvSimd.StoreSelectedScalar((uint*)output, four, 1);
        output += stride;
        AdvSimd.StoreSelectedScalar((uint*)output, four, 2);
        output += stride;
        AdvSimd.StoreSelectedScalar((uint*)output, four, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TRows>(
        sbyte* b,
        Vector64<sbyte> l0,
        Vector64<sbyte> h0,
        Vector64<sbyte> l1,
        Vector64<sbyte> h1,
        Vector64<sbyte> l2,
        Vector64<sbyte> h2,
        Vector64<sbyte> l3,
        Vector64<sbyte> h3,
        ref Vector128<int> c0,
        ref Vector128<int> c1,
        ref Vector128<int> c2,
        ref Vector128<int> c3)
        where TRows : struct, ITileRows
    {
        (Vector64<sbyte> bl, Vector64<sbyte> bh) = AdvSimd.Arm64.LoadPairVector64(b);
        Vector128<short> t0 = AdvSimd.MultiplyWideningLower(l0, bl);
        Vector128<short> t1 = AdvSimd.MultiplyWideningLower(l1, bl);
        if (TRows.Count > 2)
        {
            Vector128<short> t2 = AdvSimd.MultiplyWideningLower(l2, bl);
            Vector128<short> t3 = AdvSimd.MultiplyWideningLower(l3, bl);
            t0 = AdvSimd.MultiplyWideningLowerAndAdd(t0, h0, bh);
            t1 = AdvSimd.MultiplyWideningLowerAndAdd(t1, h1, bh);
            t2 = AdvSimd.MultiplyWideningLowerAndAdd(t2, h2, bh);
            t3 = AdvSimd.MultiplyWideningLowerAndAdd(t3, h3, bh);
            c0 = AdvSimd.AddPairwiseWideningAndAdd(c0, t0);
            c1 = AdvSimd.AddPairwiseWideningAndAdd(c1, t1);
            c2 = AdvSimd.AddPairwiseWideningAndAdd(c2, t2);
            c3 = AdvSimd.AddPairwiseWideningAndAdd(c3, t3);
        }
        else
        {
            t0 = AdvSimd.MultiplyWideningLowerAndAdd(t0, h0, bh);
            t1 = AdvSimd.MultiplyWideningLowerAndAdd(t1, h1, bh);
            c0 = AdvSimd.AddPairwiseWideningAndAdd(c0, t0);
            c1 = AdvSimd.AddPairwiseWideningAndAdd(c1, t1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow(ConvolutionS8Panel* panel, sbyte* a, sbyte* output)
    {
        sbyte* b = (sbyte*)panel->Weights;
        Vector128<int> zero = Vector128<int>.Zero;
        Vector128<int> c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        nint k = panel->Depth;
        do
        {
            (Vector64<sbyte> l, Vector64<sbyte> h) = AdvSimd.Arm64.LoadPairVector64(a);
            (Vector64<sbyte> b0, Vector64<sbyte> d0) = AdvSimd.Arm64.LoadPairVector64(b);
            (Vector64<sbyte> b1, Vector64<sbyte> d1) = AdvSimd.Arm64.LoadPairVector64(b + 16);
            (Vector64<sbyte> b2, Vector64<sbyte> d2) = AdvSimd.Arm64.LoadPairVector64(b + 32);
            (Vector64<sbyte> b3, Vector64<sbyte> d3) = AdvSimd.Arm64.LoadPairVector64(b + 48);
            Vector128<short> t0 = AdvSimd.MultiplyWideningLower(l, b0);
            Vector128<short> t1 = AdvSimd.MultiplyWideningLower(l, b1);
            Vector128<short> t2 = AdvSimd.MultiplyWideningLower(l, b2);
            Vector128<short> t3 = AdvSimd.MultiplyWideningLower(l, b3);
            t0 = AdvSimd.MultiplyWideningLowerAndAdd(t0, h, d0);
            t1 = AdvSimd.MultiplyWideningLowerAndAdd(t1, h, d1);
            t2 = AdvSimd.MultiplyWideningLowerAndAdd(t2, h, d2);
            t3 = AdvSimd.MultiplyWideningLowerAndAdd(t3, h, d3);
            c0 = AdvSimd.AddPairwiseWideningAndAdd(c0, t0);
            c1 = AdvSimd.AddPairwiseWideningAndAdd(c1, t1);
            c2 = AdvSimd.AddPairwiseWideningAndAdd(c2, t2);
            c3 = AdvSimd.AddPairwiseWideningAndAdd(c3, t3);
            a += 16;
            b += 64;
            k -= 16;
        }
        while (k != 0);

        Vector128<int> r = Requantize(
            c0,
            c1,
            c2,
            c3,
            Vector128.Load(panel->Bias),
            Vector128.Load(panel->Scale),
            Vector128.Create(panel->Low),
            Vector128.Create(panel->High));
        Vector128<sbyte> bytes = RequantizeS8.NeonNarrow(r, r, r, r, Vector128.Create((sbyte)panel->ZeroPoint));
        AdvSimd.StoreSelectedScalar((uint*)output, bytes.AsUInt32(), 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Requantize(
        Vector128<int> c0,
        Vector128<int> c1,
        Vector128<int> c2,
        Vector128<int> c3,
        Vector128<int> bias,
        Vector128<float> scale,
        Vector128<float> low,
        Vector128<float> high)
    {
        Vector128<int> sum = AdvSimd.Arm64.AddPairwise(AdvSimd.Arm64.AddPairwise(c0, c1), AdvSimd.Arm64.AddPairwise(c2, c3));
        return RequantizeS8.Neon(AdvSimd.Add(sum, bias), scale, low, high);
    }
}
