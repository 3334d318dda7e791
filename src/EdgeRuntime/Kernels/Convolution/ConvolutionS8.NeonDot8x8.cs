using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Armv8.2 dot product (Cortex-A76), 8 rows × 8 columns: sixteen accumulators of four columns.</summary>
/// <remarks>Packed panel: [depth / 4][8 columns][4]. A vector of a row holds four depth groups, which <c>sdot</c> picks by lane.</remarks>
public sealed unsafe class ConvolutionS8NeonDot8x8 : ConvolutionS8Tiled
{
    /// <inheritdoc/>
    public override string Name => "neon-dot-8x8";

    /// <inheritdoc/>
    public override bool IsSupported => Dp.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 8;

    /// <inheritdoc/>
    public override int ColumnTile => 8;

    private protected override int DepthStep => 16;

    private protected override void PackPanel(sbyte* weights, int count, int depth, byte* panel)
        => PackInterleaved(weights, count, depth, 4, (sbyte*)panel);

    private protected override void RunPanel(ConvolutionS8Panel* panel)
    {
        sbyte* rows = panel->Rows;
        sbyte* output = panel->Output;
        int count = panel->Count;
        for (; count >= 8; count -= 8)
        {
            Tile<Rows8>(panel, rows, output);
            rows += 8 * panel->RowStride;
            output += 8 * panel->OutputStride;
        }

        if ((count & 4) != 0)
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
            Tile<Rows1>(panel, rows, output);
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
        sbyte* a6 = a5 + stride;
        sbyte* a7 = a6 + stride;

        sbyte* b = (sbyte*)panel->Weights;
        Vector128<int> c00 = Vector128.Load(panel->Bias);
        Vector128<int> c01 = Vector128.Load(panel->Bias + 4);
        Vector128<int> c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
        Vector128<int> c40 = c00, c41 = c01, c50 = c00, c51 = c01, c60 = c00, c61 = c01, c70 = c00, c71 = c01;
        Vector128<sbyte> x1 = default, x2 = default, x3 = default, x4 = default, x5 = default, x6 = default, x7 = default;

        nint k = panel->Depth;
        do
        {
            Vector128<sbyte> x0 = Vector128.Load(a0);
            a0 += 16;
            if (TRows.Count > 1)
            {
                x1 = Vector128.Load(a1);
                a1 += 16;
            }

            if (TRows.Count > 2)
            {
                x2 = Vector128.Load(a2);
                x3 = Vector128.Load(a3);
                a2 += 16;
                a3 += 16;
            }

            if (TRows.Count > 4)
            {
                x4 = Vector128.Load(a4);
                x5 = Vector128.Load(a5);
                x6 = Vector128.Load(a6);
                x7 = Vector128.Load(a7);
                a4 += 16;
                a5 += 16;
                a6 += 16;
                a7 += 16;
            }

            Vector128<sbyte> b0 = Vector128.Load(b);
            Vector128<sbyte> b1 = Vector128.Load(b + 16);
            c00 = Dot(c00, b0, x0, 0);
            c01 = Dot(c01, b1, x0, 0);
            if (TRows.Count > 1)
            {
                c10 = Dot(c10, b0, x1, 0);
                c11 = Dot(c11, b1, x1, 0);
            }

            if (TRows.Count > 2)
            {
                c20 = Dot(c20, b0, x2, 0);
                c21 = Dot(c21, b1, x2, 0);
                c30 = Dot(c30, b0, x3, 0);
                c31 = Dot(c31, b1, x3, 0);
            }

            if (TRows.Count > 4)
            {
                c40 = Dot(c40, b0, x4, 0);
                c41 = Dot(c41, b1, x4, 0);
                c50 = Dot(c50, b0, x5, 0);
                c51 = Dot(c51, b1, x5, 0);
                c60 = Dot(c60, b0, x6, 0);
                c61 = Dot(c61, b1, x6, 0);
                c70 = Dot(c70, b0, x7, 0);
                c71 = Dot(c71, b1, x7, 0);
            }

            b0 = Vector128.Load(b + 32);
            b1 = Vector128.Load(b + 48);
            c00 = Dot(c00, b0, x0, 1);
            c01 = Dot(c01, b1, x0, 1);
            if (TRows.Count > 1)
            {
                c10 = Dot(c10, b0, x1, 1);
                c11 = Dot(c11, b1, x1, 1);
            }

            if (TRows.Count > 2)
            {
                c20 = Dot(c20, b0, x2, 1);
                c21 = Dot(c21, b1, x2, 1);
                c30 = Dot(c30, b0, x3, 1);
                c31 = Dot(c31, b1, x3, 1);
            }

            if (TRows.Count > 4)
            {
                c40 = Dot(c40, b0, x4, 1);
                c41 = Dot(c41, b1, x4, 1);
                c50 = Dot(c50, b0, x5, 1);
                c51 = Dot(c51, b1, x5, 1);
                c60 = Dot(c60, b0, x6, 1);
                c61 = Dot(c61, b1, x6, 1);
                c70 = Dot(c70, b0, x7, 1);
                c71 = Dot(c71, b1, x7, 1);
            }

            b0 = Vector128.Load(b + 64);
            b1 = Vector128.Load(b + 80);
            c00 = Dot(c00, b0, x0, 2);
            c01 = Dot(c01, b1, x0, 2);
            if (TRows.Count > 1)
            {
                c10 = Dot(c10, b0, x1, 2);
                c11 = Dot(c11, b1, x1, 2);
            }

            if (TRows.Count > 2)
            {
                c20 = Dot(c20, b0, x2, 2);
                c21 = Dot(c21, b1, x2, 2);
                c30 = Dot(c30, b0, x3, 2);
                c31 = Dot(c31, b1, x3, 2);
            }

            if (TRows.Count > 4)
            {
                c40 = Dot(c40, b0, x4, 2);
                c41 = Dot(c41, b1, x4, 2);
                c50 = Dot(c50, b0, x5, 2);
                c51 = Dot(c51, b1, x5, 2);
                c60 = Dot(c60, b0, x6, 2);
                c61 = Dot(c61, b1, x6, 2);
                c70 = Dot(c70, b0, x7, 2);
                c71 = Dot(c71, b1, x7, 2);
            }

            b0 = Vector128.Load(b + 96);
            b1 = Vector128.Load(b + 112);
            c00 = Dot(c00, b0, x0, 3);
            c01 = Dot(c01, b1, x0, 3);
            if (TRows.Count > 1)
            {
                c10 = Dot(c10, b0, x1, 3);
                c11 = Dot(c11, b1, x1, 3);
            }

            if (TRows.Count > 2)
            {
                c20 = Dot(c20, b0, x2, 3);
                c21 = Dot(c21, b1, x2, 3);
                c30 = Dot(c30, b0, x3, 3);
                c31 = Dot(c31, b1, x3, 3);
            }

            if (TRows.Count > 4)
            {
                c40 = Dot(c40, b0, x4, 3);
                c41 = Dot(c41, b1, x4, 3);
                c50 = Dot(c50, b0, x5, 3);
                c51 = Dot(c51, b1, x5, 3);
                c60 = Dot(c60, b0, x6, 3);
                c61 = Dot(c61, b1, x6, 3);
                c70 = Dot(c70, b0, x7, 3);
                c71 = Dot(c71, b1, x7, 3);
            }

            b += 128;
            k -= 16;
        }
        while (k != 0);

        Vector128<float> low = Vector128.Create(panel->Low);
        Vector128<float> high = Vector128.Create(panel->High);
        Vector128<float> scale0 = Vector128.Load(panel->Scale);
        Vector128<float> scale1 = Vector128.Load(panel->Scale + 4);
        Vector128<sbyte> zeroPoint = Vector128.Create((sbyte)panel->ZeroPoint);
        stride = panel->OutputStride;
        if (panel->Floats)
        {
            StoreReal(panel, c00, c01, output);
            if (TRows.Count > 1)
            {
                StoreReal(panel, c10, c11, output + stride);
            }

            if (TRows.Count > 2)
            {
                StoreReal(panel, c20, c21, output + 2 * stride);
                StoreReal(panel, c30, c31, output + 3 * stride);
            }

            if (TRows.Count > 4)
            {
                output += 4 * stride;
                StoreReal(panel, c40, c41, output);
                StoreReal(panel, c50, c51, output + stride);
                StoreReal(panel, c60, c61, output + 2 * stride);
                StoreReal(panel, c70, c71, output + 3 * stride);
            }

            return;
        }

        if (TRows.Count == 1)
        {
            Vector128<sbyte> bytes = Narrow(c00, c01, c00, c01, scale0, scale1, low, high, zeroPoint);
            bytes.GetLower().Store(output);
            return;
        }

        Store(Narrow(c00, c01, c10, c11, scale0, scale1, low, high, zeroPoint), output, stride);
        if (TRows.Count > 2)
        {
            output += 2 * stride;
            Store(Narrow(c20, c21, c30, c31, scale0, scale1, low, high, zeroPoint), output, stride);
        }

        if (TRows.Count > 4)
        {
            output += 2 * stride;
            Store(Narrow(c40, c41, c50, c51, scale0, scale1, low, high, zeroPoint), output, stride);
            output += 2 * stride;
            Store(Narrow(c60, c61, c70, c71, scale0, scale1, low, high, zeroPoint), output, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Dot(Vector128<int> sum, Vector128<sbyte> b, Vector128<sbyte> x, [ConstantExpected(Max = (byte)3)] byte group)
        => Dp.DotProductBySelectedQuadruplet(sum, b, x, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreReal(ConvolutionS8Panel* panel, Vector128<int> c0, Vector128<int> c1, sbyte* output)
    {
        Vector128<float> low = Vector128.Create(panel->Low);
        Vector128<float> high = Vector128.Create(panel->High);
        RequantizeS8.Real(c0, Vector128.Load(panel->Scale), low, high).Store((float*)output);
        RequantizeS8.Real(c1, Vector128.Load(panel->Scale + 4), low, high).Store((float*)output + 4);
    }

    /// <summary>Two rows of eight columns to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Narrow(
        Vector128<int> c0,
        Vector128<int> c1,
        Vector128<int> d0,
        Vector128<int> d1,
        Vector128<float> scale0,
        Vector128<float> scale1,
        Vector128<float> low,
        Vector128<float> high,
        Vector128<sbyte> zeroPoint)
    {
        c0 = RequantizeS8.Neon(c0, scale0, low, high);
        c1 = RequantizeS8.Neon(c1, scale1, low, high);
        d0 = RequantizeS8.Neon(d0, scale0, low, high);
        d1 = RequantizeS8.Neon(d1, scale1, low, high);
        return RequantizeS8.NeonNarrow(c0, c1, d0, d1, zeroPoint);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<sbyte> bytes, sbyte* output, nint stride)
    {
        bytes.GetLower().Store(output);
        AdvSimd.StoreSelectedScalar((ulong*)(output + stride), bytes.AsUInt64(), 1);
    }
}
