using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>fp32 convolution, 12 rows × 32 columns per tile, AVX-512.</summary>
public sealed unsafe class ConvolutionF32Avx512 : ConvolutionF32Tiled
{
    /// <inheritdoc/>
    public override string Name => "avx512-12x32";

    /// <inheritdoc/>
    public override bool IsSupported => Avx512F.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 12;

    /// <inheritdoc/>
    public override int ColumnTile => 32;

    /// <inheritdoc/>
    protected override int SmallRowTile => 4;

    /// <inheritdoc/>
    protected override void Tile(int height, float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        if (height == 12)
        {
            Tile12(a, w, depth, init, initStride, low, high, c, stride);
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
        Vector512<float> c0 = Vector512.Load(init);
        Vector512<float> c1 = Vector512.Load(init + 16);
        Vector512<float> c2 = Vector512.Load(init + 32);
        Vector512<float> c3 = Vector512.Load(init + 48);
        Vector512<float> c4 = Vector512.Load(init + 64);
        Vector512<float> c5 = Vector512.Load(init + 80);
        Vector512<float> c6 = Vector512.Load(init + 96);
        Vector512<float> c7 = Vector512.Load(init + 112);
        float* w1 = w + panelStride;
        float* w2 = w1 + panelStride;
        float* w3 = w2 + panelStride;
        do
        {
            Vector512<float> x = Vector512.Create(*a++);
            c0 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w), c0);
            c1 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w + 16), c1);
            c2 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w1), c2);
            c3 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w1 + 16), c3);
            c4 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w2), c4);
            c5 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w2 + 16), c5);
            c6 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w3), c6);
            c7 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w3 + 16), c7);
            w += 32;
            w1 += 32;
            w2 += 32;
            w3 += 32;
        }
        while (--depth != 0);

        Vector512<float> lows = Vector512.Create(low);
        Vector512<float> highs = Vector512.Create(high);
        Int8Rounding.Clamp(c0, lows, highs).Store(c);
        Int8Rounding.Clamp(c1, lows, highs).Store(c + 16);
        Int8Rounding.Clamp(c2, lows, highs).Store(c + 32);
        Int8Rounding.Clamp(c3, lows, highs).Store(c + 48);
        Int8Rounding.Clamp(c4, lows, highs).Store(c + 64);
        Int8Rounding.Clamp(c5, lows, highs).Store(c + 80);
        Int8Rounding.Clamp(c6, lows, highs).Store(c + 96);
        Int8Rounding.Clamp(c7, lows, highs).Store(c + 112);
    }

    private static void Tile12(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector512<float> c00 = Vector512.Load(init);
        Vector512<float> c01 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c10 = Vector512.Load(init);
        Vector512<float> c11 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c20 = Vector512.Load(init);
        Vector512<float> c21 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c30 = Vector512.Load(init);
        Vector512<float> c31 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c40 = Vector512.Load(init);
        Vector512<float> c41 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c50 = Vector512.Load(init);
        Vector512<float> c51 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c60 = Vector512.Load(init);
        Vector512<float> c61 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c70 = Vector512.Load(init);
        Vector512<float> c71 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c80 = Vector512.Load(init);
        Vector512<float> c81 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c90 = Vector512.Load(init);
        Vector512<float> c91 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c100 = Vector512.Load(init);
        Vector512<float> c101 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c110 = Vector512.Load(init);
        Vector512<float> c111 = Vector512.Load(init + 16);
        do
        {
            Vector512<float> w0 = Vector512.Load(w);
            Vector512<float> w1 = Vector512.Load(w + 16);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(x, w0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, w1, c01);
            x = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(x, w0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, w1, c11);
            x = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(x, w0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, w1, c21);
            x = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(x, w0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, w1, c31);
            x = Vector512.Create(a[4]);
            c40 = Avx512F.FusedMultiplyAdd(x, w0, c40);
            c41 = Avx512F.FusedMultiplyAdd(x, w1, c41);
            x = Vector512.Create(a[5]);
            c50 = Avx512F.FusedMultiplyAdd(x, w0, c50);
            c51 = Avx512F.FusedMultiplyAdd(x, w1, c51);
            x = Vector512.Create(a[6]);
            c60 = Avx512F.FusedMultiplyAdd(x, w0, c60);
            c61 = Avx512F.FusedMultiplyAdd(x, w1, c61);
            x = Vector512.Create(a[7]);
            c70 = Avx512F.FusedMultiplyAdd(x, w0, c70);
            c71 = Avx512F.FusedMultiplyAdd(x, w1, c71);
            x = Vector512.Create(a[8]);
            c80 = Avx512F.FusedMultiplyAdd(x, w0, c80);
            c81 = Avx512F.FusedMultiplyAdd(x, w1, c81);
            x = Vector512.Create(a[9]);
            c90 = Avx512F.FusedMultiplyAdd(x, w0, c90);
            c91 = Avx512F.FusedMultiplyAdd(x, w1, c91);
            x = Vector512.Create(a[10]);
            c100 = Avx512F.FusedMultiplyAdd(x, w0, c100);
            c101 = Avx512F.FusedMultiplyAdd(x, w1, c101);
            x = Vector512.Create(a[11]);
            c110 = Avx512F.FusedMultiplyAdd(x, w0, c110);
            c111 = Avx512F.FusedMultiplyAdd(x, w1, c111);
            a += 12;
            w += 32;
        }
        while (--depth != 0);

        Vector512<float> lows = Vector512.Create(low);
        Vector512<float> highs = Vector512.Create(high);
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
        c += stride;
        Store(c, c80, c81, lows, highs);
        c += stride;
        Store(c, c90, c91, lows, highs);
        c += stride;
        Store(c, c100, c101, lows, highs);
        c += stride;
        Store(c, c110, c111, lows, highs);
    }

    private static void Tile4(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector512<float> c00 = Vector512.Load(init);
        Vector512<float> c01 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c10 = Vector512.Load(init);
        Vector512<float> c11 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c20 = Vector512.Load(init);
        Vector512<float> c21 = Vector512.Load(init + 16);
        init += initStride;
        Vector512<float> c30 = Vector512.Load(init);
        Vector512<float> c31 = Vector512.Load(init + 16);
        do
        {
            Vector512<float> w0 = Vector512.Load(w);
            Vector512<float> w1 = Vector512.Load(w + 16);
            Vector512<float> x = Vector512.Create(a[0]);
            c00 = Avx512F.FusedMultiplyAdd(x, w0, c00);
            c01 = Avx512F.FusedMultiplyAdd(x, w1, c01);
            x = Vector512.Create(a[1]);
            c10 = Avx512F.FusedMultiplyAdd(x, w0, c10);
            c11 = Avx512F.FusedMultiplyAdd(x, w1, c11);
            x = Vector512.Create(a[2]);
            c20 = Avx512F.FusedMultiplyAdd(x, w0, c20);
            c21 = Avx512F.FusedMultiplyAdd(x, w1, c21);
            x = Vector512.Create(a[3]);
            c30 = Avx512F.FusedMultiplyAdd(x, w0, c30);
            c31 = Avx512F.FusedMultiplyAdd(x, w1, c31);
            a += 4;
            w += 32;
        }
        while (--depth != 0);

        Vector512<float> lows = Vector512.Create(low);
        Vector512<float> highs = Vector512.Create(high);
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
        Vector512<float> c0 = Vector512.Load(init);
        Vector512<float> c1 = Vector512.Load(init + 16);
        do
        {
            Vector512<float> x = Vector512.Create(*a++);
            c0 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w), c0);
            c1 = Avx512F.FusedMultiplyAdd(x, Vector512.Load(w + 16), c1);
            w += 32;
        }
        while (--depth != 0);

        Store(c, c0, c1, Vector512.Create(low), Vector512.Create(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector512<float> left, Vector512<float> right, Vector512<float> low, Vector512<float> high)
    {
        Int8Rounding.Clamp(left, low, high).Store(c);
        Int8Rounding.Clamp(right, low, high).Store(c + 16);
    }
}
