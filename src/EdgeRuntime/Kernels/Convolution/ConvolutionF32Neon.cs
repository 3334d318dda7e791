using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>fp32 convolution, 8 rows × 8 columns per tile, NEON with multiply-add by element.</summary>
public sealed unsafe class ConvolutionF32Neon : ConvolutionF32Tiled
{
    /// <inheritdoc/>
    public override string Name => "neon-8x8";

    /// <inheritdoc/>
    public override bool IsSupported => AdvSimd.Arm64.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 8;

    /// <inheritdoc/>
    public override int ColumnTile => 8;

    /// <inheritdoc/>
    protected override int SmallRowTile => 4;

    /// <inheritdoc/>
    protected override void Tile(int height, float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        if (height == 8)
        {
            Tile8(a, w, depth, init, initStride, low, high, c, stride);
        }
        else if (height == 4)
        {
            Tile4(a, w, depth, init, initStride, low, high, c, stride);
        }
        else
        {
            Tile1(a, w, depth, init, low, high, c);
        }
    }

    /// <inheritdoc/>
    protected override void RowOfPanels(float* a, float* w, nint panelStride, nint depth, float* init, float low, float high, float* c)
    {
        Vector128<float> c0 = Vector128.Load(init);
        Vector128<float> c1 = Vector128.Load(init + 4);
        Vector128<float> c2 = Vector128.Load(init + 8);
        Vector128<float> c3 = Vector128.Load(init + 12);
        Vector128<float> c4 = Vector128.Load(init + 16);
        Vector128<float> c5 = Vector128.Load(init + 20);
        Vector128<float> c6 = Vector128.Load(init + 24);
        Vector128<float> c7 = Vector128.Load(init + 28);
        float* w1 = w + panelStride;
        float* w2 = w1 + panelStride;
        float* w3 = w2 + panelStride;
        do
        {
            Vector128<float> x = Vector128.Create(*a++);
            c0 = AdvSimd.FusedMultiplyAdd(c0, x, Vector128.Load(w));
            c1 = AdvSimd.FusedMultiplyAdd(c1, x, Vector128.Load(w + 4));
            c2 = AdvSimd.FusedMultiplyAdd(c2, x, Vector128.Load(w1));
            c3 = AdvSimd.FusedMultiplyAdd(c3, x, Vector128.Load(w1 + 4));
            c4 = AdvSimd.FusedMultiplyAdd(c4, x, Vector128.Load(w2));
            c5 = AdvSimd.FusedMultiplyAdd(c5, x, Vector128.Load(w2 + 4));
            c6 = AdvSimd.FusedMultiplyAdd(c6, x, Vector128.Load(w3));
            c7 = AdvSimd.FusedMultiplyAdd(c7, x, Vector128.Load(w3 + 4));
            w += 8;
            w1 += 8;
            w2 += 8;
            w3 += 8;
        }
        while (--depth != 0);

        Vector128<float> lows = Vector128.Create(low);
        Vector128<float> highs = Vector128.Create(high);
        Store(c, c0, c1, lows, highs);
        Store(c + 8, c2, c3, lows, highs);
        Store(c + 16, c4, c5, lows, highs);
        Store(c + 24, c6, c7, lows, highs);
    }

    private static void Tile8(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector128<float> c00 = Vector128.Load(init);
        Vector128<float> c01 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c10 = Vector128.Load(init);
        Vector128<float> c11 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c20 = Vector128.Load(init);
        Vector128<float> c21 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c30 = Vector128.Load(init);
        Vector128<float> c31 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c40 = Vector128.Load(init);
        Vector128<float> c41 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c50 = Vector128.Load(init);
        Vector128<float> c51 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c60 = Vector128.Load(init);
        Vector128<float> c61 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c70 = Vector128.Load(init);
        Vector128<float> c71 = Vector128.Load(init + 4);
        do
        {
            Vector128<float> w0 = Vector128.Load(w);
            Vector128<float> w1 = Vector128.Load(w + 4);
            Vector128<float> x0 = Vector128.Load(a);
            Vector128<float> x1 = Vector128.Load(a + 4);
            c00 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c00, w0, x0, 0);
            c01 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c01, w1, x0, 0);
            c10 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c10, w0, x0, 1);
            c11 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c11, w1, x0, 1);
            c20 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c20, w0, x0, 2);
            c21 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c21, w1, x0, 2);
            c30 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c30, w0, x0, 3);
            c31 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c31, w1, x0, 3);
            c40 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c40, w0, x1, 0);
            c41 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c41, w1, x1, 0);
            c50 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c50, w0, x1, 1);
            c51 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c51, w1, x1, 1);
            c60 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c60, w0, x1, 2);
            c61 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c61, w1, x1, 2);
            c70 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c70, w0, x1, 3);
            c71 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c71, w1, x1, 3);
            a += 8;
            w += 8;
        }
        while (--depth != 0);

        Vector128<float> lows = Vector128.Create(low);
        Vector128<float> highs = Vector128.Create(high);
        Store(c, c00, c01, lows, highs);
        c += stride;
        Store(c, c10, c11, lows, highs);
        c += stride;
        Store(c, c20, c21, lows, highs);
        c += stride;
        Store(c, c30, c31, lows, highs);
        c += stride;
        Store(c, c40, c41, lows, highs);
        c += stride;
        Store(c, c50, c51, lows, highs);
        c += stride;
        Store(c, c60, c61, lows, highs);
        c += stride;
        Store(c, c70, c71, lows, highs);
    }

    private static void Tile4(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector128<float> c00 = Vector128.Load(init);
        Vector128<float> c01 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c10 = Vector128.Load(init);
        Vector128<float> c11 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c20 = Vector128.Load(init);
        Vector128<float> c21 = Vector128.Load(init + 4);
        init += initStride;
        Vector128<float> c30 = Vector128.Load(init);
        Vector128<float> c31 = Vector128.Load(init + 4);
        do
        {
            Vector128<float> w0 = Vector128.Load(w);
            Vector128<float> w1 = Vector128.Load(w + 4);
            Vector128<float> x0 = Vector128.Load(a);
            c00 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c00, w0, x0, 0);
            c01 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c01, w1, x0, 0);
            c10 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c10, w0, x0, 1);
            c11 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c11, w1, x0, 1);
            c20 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c20, w0, x0, 2);
            c21 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c21, w1, x0, 2);
            c30 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c30, w0, x0, 3);
            c31 = AdvSimd.Arm64.FusedMultiplyAddBySelectedScalar(c31, w1, x0, 3);
            a += 4;
            w += 8;
        }
        while (--depth != 0);

        Vector128<float> lows = Vector128.Create(low);
        Vector128<float> highs = Vector128.Create(high);
        Store(c, c00, c01, lows, highs);
        c += stride;
        Store(c, c10, c11, lows, highs);
        c += stride;
        Store(c, c20, c21, lows, highs);
        c += stride;
        Store(c, c30, c31, lows, highs);
    }

    private static void Tile1(float* a, float* w, nint depth, float* init, float low, float high, float* c)
    {
        Vector128<float> c0 = Vector128.Load(init);
        Vector128<float> c1 = Vector128.Load(init + 4);
        do
        {
            Vector128<float> x = Vector128.Create(*a++);
            c0 = AdvSimd.FusedMultiplyAdd(c0, x, Vector128.Load(w));
            c1 = AdvSimd.FusedMultiplyAdd(c1, x, Vector128.Load(w + 4));
            w += 8;
        }
        while (--depth != 0);

        Store(c, c0, c1, Vector128.Create(low), Vector128.Create(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector128<float> left, Vector128<float> right, Vector128<float> low, Vector128<float> high)
    {
        Int8Rounding.Clamp(left, low, high).Store(c);
        Int8Rounding.Clamp(right, low, high).Store(c + 4);
    }
}
