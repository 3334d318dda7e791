using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>AVX2, 2 rows × 4 columns, each accumulator eight partial sums along the depth.</summary>
/// <remarks>
/// <c>vpmaddubsw</c> of |x| with sign(x)·w: an unsigned left operand of at most 128 and weights in [-127, 127] give pair sums of at
/// most 32512, so unlike with x + 128 nothing saturates. Packed panel: [depth / 32][4 columns][32].
/// </remarks>
public sealed unsafe class ConvolutionS8Avx2Tile2x4 : ConvolutionS8Tiled
{
    /// <inheritdoc/>
    public override string Name => "avx2-2x4";

    /// <inheritdoc/>
    public override bool IsSupported => Avx2.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 2;

    /// <inheritdoc/>
    public override int ColumnTile => 4;

    private protected override int DepthStep => 32;

    private protected override void PackPanel(sbyte* weights, int count, int depth, byte* panel)
        => PackInterleaved(weights, count, depth, 32, (sbyte*)panel);

    private protected override void RunPanel(ConvolutionS8Panel* panel)
    {
        sbyte* rows = panel->Rows;
        sbyte* output = panel->Output;
        int count = panel->Count;
        for (; count >= 2; count -= 2)
        {
            Tile<Rows2>(panel, rows, output);
            rows += 2 * panel->RowStride;
            output += 2 * panel->OutputStride;
        }

        if (count != 0)
        {
            Tile<Rows1>(panel, rows, output);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tile<TRows>(ConvolutionS8Panel* panel, sbyte* rows, sbyte* output)
        where TRows : struct, ITileRows
    {
        sbyte* a0 = rows;
        sbyte* a1 = a0 + panel->RowStride;
        sbyte* b = (sbyte*)panel->Weights;
        Vector256<int> zero = Vector256<int>.Zero;
        Vector256<int> c00 = zero, c01 = zero, c02 = zero, c03 = zero;
        Vector256<int> c10 = zero, c11 = zero, c12 = zero, c13 = zero;
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<sbyte> x1 = default;
        Vector256<byte> u1 = default;

        nint k = panel->Depth;
        do
        {
            Vector256<sbyte> x0 = Vector256.Load(a0);
            Vector256<byte> u0 = Avx2.Abs(x0);
            a0 += 32;
            if (TRows.Count > 1)
            {
                x1 = Vector256.Load(a1);
                u1 = Avx2.Abs(x1);
                a1 += 32;
            }

            Vector256<sbyte> w = Vector256.Load(b);
            c00 = Avx2.Add(c00, Dot(u0, x0, w, ones));
            if (TRows.Count > 1)
            {
                c10 = Avx2.Add(c10, Dot(u1, x1, w, ones));
            }

            w = Vector256.Load(b + 32);
            c01 = Avx2.Add(c01, Dot(u0, x0, w, ones));
            if (TRows.Count > 1)
            {
                c11 = Avx2.Add(c11, Dot(u1, x1, w, ones));
            }

            w = Vector256.Load(b + 64);
            c02 = Avx2.Add(c02, Dot(u0, x0, w, ones));
            if (TRows.Count > 1)
            {
                c12 = Avx2.Add(c12, Dot(u1, x1, w, ones));
            }

            w = Vector256.Load(b + 96);
            c03 = Avx2.Add(c03, Dot(u0, x0, w, ones));
            if (TRows.Count > 1)
            {
                c13 = Avx2.Add(c13, Dot(u1, x1, w, ones));
            }

            b += 128;
            k -= 32;
        }
        while (k != 0);

        Vector256<int> sum0 = Sum(c00, c01, c02, c03);
        Vector256<int> sum1 = TRows.Count > 1 ? Sum(c10, c11, c12, c13) : zero;
        Vector256<int> sum = Avx2.Add(Avx2.Permute2x128(sum0, sum1, 0x20), Avx2.Permute2x128(sum0, sum1, 0x31));
        sum = Avx2.Add(sum, Avx2.BroadcastVector128ToVector256(panel->Bias));
        Vector256<float> scale = Avx.BroadcastVector128ToVector256(panel->Scale);
        Vector256<float> low = Vector256.Create(panel->Low);
        Vector256<float> high = Vector256.Create(panel->High);
        if (panel->Floats)
        {
            Vector256<float> real = RequantizeS8.Real(sum, scale, low, high);
            real.GetLower().Store((float*)output);
            if (TRows.Count > 1)
            {
                real.GetUpper().Store((float*)(output + panel->OutputStride));
            }

            return;
        }

        sum = RequantizeS8.Avx(sum, scale, low, high, Vector256.Create(panel->ZeroPoint));
        Vector256<short> words = Avx2.PackSignedSaturate(sum, sum);
        Vector256<int> bytes = Avx2.PackSignedSaturate(words, words).AsInt32();
        Unsafe.WriteUnaligned(output, bytes.GetElement(0));
        if (TRows.Count > 1)
        {
            Unsafe.WriteUnaligned(output + panel->OutputStride, bytes.GetElement(4));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(Vector256<byte> magnitude, Vector256<sbyte> x, Vector256<sbyte> w, Vector256<short> ones)
        => Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(magnitude, Avx2.Sign(w, x)), ones);

    /// <summary>Per half: the half's sum of each accumulator.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Sum(Vector256<int> c0, Vector256<int> c1, Vector256<int> c2, Vector256<int> c3)
        => Avx2.HorizontalAdd(Avx2.HorizontalAdd(c0, c1), Avx2.HorizontalAdd(c2, c3));
}
