using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>AVX-VNNI, 6 rows × 16 columns: twelve accumulators of eight columns.</summary>
/// <remarks>
/// <c>vpdpbusd</c> multiplies unsigned by signed, so activations enter as x + 128. Packed panel: 16 int32 corrections
/// −128·Σw, then [depth / 4][16 columns][4].
/// </remarks>
public sealed unsafe class ConvolutionS8AvxVnni6x16 : ConvolutionS8Tiled
{
    private const int HeaderBytes = 64;

    /// <inheritdoc/>
    public override string Name => "avx-vnni-6x16";

    /// <inheritdoc/>
    public override bool IsSupported => AvxVnni.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 6;

    /// <inheritdoc/>
    public override int ColumnTile => 16;

    private protected override int DepthStep => 4;

    private protected override nint PanelBytes(int depth) => base.PanelBytes(depth) + HeaderBytes;

    private protected override void PackPanel(sbyte* weights, int count, int depth, byte* panel)
    {
        for (int column = 0; column < ColumnTile; column++)
        {
            int sum = 0;
            for (int k = 0; column < count && k < depth; k++)
            {
                sum += weights[(nint)column * depth + k];
            }

            ((int*)panel)[column] = -128 * sum;
        }

        PackInterleaved(weights, count, depth, 4, (sbyte*)panel + HeaderBytes);
    }

    private protected override void RunPanel(ConvolutionS8Panel* panel)
    {
        sbyte* rows = panel->Rows;
        sbyte* output = panel->Output;
        int count = panel->Count;
        for (; count >= 6; count -= 6)
        {
            Tile<Rows6>(panel, rows, output);
            rows += 6 * panel->RowStride;
            output += 6 * panel->OutputStride;
        }

        if (count >= 4)
        {
            Tile<Rows4>(panel, rows, output);
            rows += 4 * panel->RowStride;
            output += 4 * panel->OutputStride;
            count -= 4;
        }

        switch (count)
        {
            case 1:
                Tile<Rows1>(panel, rows, output);
                break;
            case 2:
                Tile<Rows2>(panel, rows, output);
                break;
            case 3:
                Tile<Rows3>(panel, rows, output);
                break;
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
        sbyte* a4 = a3 + stride;
        sbyte* a5 = a4 + stride;

        byte* b = panel->Weights;
        Vector256<int> c00 = Avx2.Add(Vector256.Load((int*)b), Vector256.Load(panel->Bias));
        Vector256<int> c01 = Avx2.Add(Vector256.Load((int*)b + 8), Vector256.Load(panel->Bias + 8));
        b += HeaderBytes;
        Vector256<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01;
        Vector256<int> c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;

        Vector256<byte> flip = Vector256.Create((byte)0x80);
        nint depth = panel->Depth;
        nint k = 0;
        do
        {
            Vector256<sbyte> b0 = Vector256.Load((sbyte*)b);
            Vector256<sbyte> b1 = Vector256.Load((sbyte*)b + 32);

            Vector256<byte> x = Broadcast(a0 + k, flip);
            c00 = AvxVnni.MultiplyWideningAndAdd(c00, x, b0);
            c01 = AvxVnni.MultiplyWideningAndAdd(c01, x, b1);
            if (TRows.Count > 1)
            {
                x = Broadcast(a1 + k, flip);
                c10 = AvxVnni.MultiplyWideningAndAdd(c10, x, b0);
                c11 = AvxVnni.MultiplyWideningAndAdd(c11, x, b1);
            }

            if (TRows.Count > 2)
            {
                x = Broadcast(a2 + k, flip);
                c20 = AvxVnni.MultiplyWideningAndAdd(c20, x, b0);
                c21 = AvxVnni.MultiplyWideningAndAdd(c21, x, b1);
            }

            if (TRows.Count > 3)
            {
                x = Broadcast(a3 + k, flip);
                c30 = AvxVnni.MultiplyWideningAndAdd(c30, x, b0);
                c31 = AvxVnni.MultiplyWideningAndAdd(c31, x, b1);
            }

            if (TRows.Count > 4)
            {
                x = Broadcast(a4 + k, flip);
                c40 = AvxVnni.MultiplyWideningAndAdd(c40, x, b0);
                c41 = AvxVnni.MultiplyWideningAndAdd(c41, x, b1);
                x = Broadcast(a5 + k, flip);
                c50 = AvxVnni.MultiplyWideningAndAdd(c50, x, b0);
                c51 = AvxVnni.MultiplyWideningAndAdd(c51, x, b1);
            }

            b += 64;
            k += 4;
        }
        while (k < depth);

        stride = panel->OutputStride;
        Vector256<sbyte> bytes = TRows.Count > 1 ? Narrow(panel, c00, c01, c10, c11) : Narrow(panel, c00, c01, c00, c01);
        bytes.GetLower().Store(output);
        if (TRows.Count > 1)
        {
            bytes.GetUpper().Store(output + stride);
            output += 2 * stride;
        }

        if (TRows.Count > 2)
        {
            bytes = TRows.Count > 3 ? Narrow(panel, c20, c21, c30, c31) : Narrow(panel, c20, c21, c20, c21);
            bytes.GetLower().Store(output);
        }

        if (TRows.Count > 3)
        {
            bytes.GetUpper().Store(output + stride);
            output += 2 * stride;
        }

        if (TRows.Count > 4)
        {
            bytes = Narrow(panel, c40, c41, c50, c51);
            bytes.GetLower().Store(output);
            bytes.GetUpper().Store(output + stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Broadcast(sbyte* a, Vector256<byte> flip)
        => Avx2.Xor(Avx2.BroadcastScalarToVector256((int*)a).AsByte(), flip);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Narrow(
        ConvolutionS8Panel* panel, Vector256<int> c0, Vector256<int> c1, Vector256<int> d0, Vector256<int> d1)
    {
        Vector256<float> high = Vector256.Create(panel->High);
        Vector256<float> scale0 = Vector256.Load(panel->Scale);
        Vector256<float> scale1 = Vector256.Load(panel->Scale + 8);
        c0 = RequantizeS8.AvxBelow(c0, scale0, high);
        c1 = RequantizeS8.AvxBelow(c1, scale1, high);
        d0 = RequantizeS8.AvxBelow(d0, scale0, high);
        d1 = RequantizeS8.AvxBelow(d1, scale1, high);
        return RequantizeS8.AvxNarrow(c0, c1, d0, d1, Vector256.Create((short)panel->ZeroPoint), Vector256.Create(panel->Lowest));
    }
}
