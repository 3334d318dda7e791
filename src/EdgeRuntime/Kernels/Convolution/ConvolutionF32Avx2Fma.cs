using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>fp32 convolution, 6 rows × 16 columns per tile, AVX2 and FMA.</summary>
public sealed unsafe class ConvolutionF32Avx2Fma : ConvolutionF32Tiled
{
    /// <inheritdoc/>
    public override string Name => "avx2-fma-6x16";

    /// <inheritdoc/>
    public override bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    /// <inheritdoc/>
    public override int RowTile => 6;

    /// <inheritdoc/>
    public override int ColumnTile => 16;

    /// <inheritdoc/>
    protected override int SmallRowTile => 3;

    /// <inheritdoc/>
    protected override void Tile(int height, float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        if (height == 6)
        {
            Tile6(a, w, depth, init, initStride, low, high, c, stride);
        }
        else if (height == 3)
        {
            Tile3(a, w, depth, init, initStride, low, high, c, stride);
        }
        else
        {
            Tile1(a, w, depth, init, low, high, c);
        }
    }

    /// <inheritdoc/>
    protected override void RowOfPanels(float* a, float* w, nint panelStride, nint depth, float* init, float low, float high, float* c)
    {
        Vector256<float> c0 = Vector256.Load(init);
        Vector256<float> c1 = Vector256.Load(init + 8);
        Vector256<float> c2 = Vector256.Load(init + 16);
        Vector256<float> c3 = Vector256.Load(init + 24);
        Vector256<float> c4 = Vector256.Load(init + 32);
        Vector256<float> c5 = Vector256.Load(init + 40);
        Vector256<float> c6 = Vector256.Load(init + 48);
        Vector256<float> c7 = Vector256.Load(init + 56);
        float* w1 = w + panelStride;
        float* w2 = w1 + panelStride;
        float* w3 = w2 + panelStride;
        do
        {
            Vector256<float> x = Vector256.Create(*a++);
            c0 = Fma.MultiplyAdd(x, Vector256.Load(w), c0);
            c1 = Fma.MultiplyAdd(x, Vector256.Load(w + 8), c1);
            c2 = Fma.MultiplyAdd(x, Vector256.Load(w1), c2);
            c3 = Fma.MultiplyAdd(x, Vector256.Load(w1 + 8), c3);
            c4 = Fma.MultiplyAdd(x, Vector256.Load(w2), c4);
            c5 = Fma.MultiplyAdd(x, Vector256.Load(w2 + 8), c5);
            c6 = Fma.MultiplyAdd(x, Vector256.Load(w3), c6);
            c7 = Fma.MultiplyAdd(x, Vector256.Load(w3 + 8), c7);
            w += 16;
            w1 += 16;
            w2 += 16;
            w3 += 16;
        }
        while (--depth != 0);

        Vector256<float> lows = Vector256.Create(low);
        Vector256<float> highs = Vector256.Create(high);
        Int8Rounding.Clamp(c0, lows, highs).Store(c);
        Int8Rounding.Clamp(c1, lows, highs).Store(c + 8);
        Int8Rounding.Clamp(c2, lows, highs).Store(c + 16);
        Int8Rounding.Clamp(c3, lows, highs).Store(c + 24);
        Int8Rounding.Clamp(c4, lows, highs).Store(c + 32);
        Int8Rounding.Clamp(c5, lows, highs).Store(c + 40);
        Int8Rounding.Clamp(c6, lows, highs).Store(c + 48);
        Int8Rounding.Clamp(c7, lows, highs).Store(c + 56);
    }

    private static void Tile6(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector256<float> c00 = Vector256.Load(init);
        Vector256<float> c01 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c10 = Vector256.Load(init);
        Vector256<float> c11 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c20 = Vector256.Load(init);
        Vector256<float> c21 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c30 = Vector256.Load(init);
        Vector256<float> c31 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c40 = Vector256.Load(init);
        Vector256<float> c41 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c50 = Vector256.Load(init);
        Vector256<float> c51 = Vector256.Load(init + 8);
        do
        {
            Vector256<float> w0 = Vector256.Load(w);
            Vector256<float> w1 = Vector256.Load(w + 8);
            Vector256<float> x = Vector256.Create(a[0]);
            c00 = Fma.MultiplyAdd(x, w0, c00);
            c01 = Fma.MultiplyAdd(x, w1, c01);
            x = Vector256.Create(a[1]);
            c10 = Fma.MultiplyAdd(x, w0, c10);
            c11 = Fma.MultiplyAdd(x, w1, c11);
            x = Vector256.Create(a[2]);
            c20 = Fma.MultiplyAdd(x, w0, c20);
            c21 = Fma.MultiplyAdd(x, w1, c21);
            x = Vector256.Create(a[3]);
            c30 = Fma.MultiplyAdd(x, w0, c30);
            c31 = Fma.MultiplyAdd(x, w1, c31);
            x = Vector256.Create(a[4]);
            c40 = Fma.MultiplyAdd(x, w0, c40);
            c41 = Fma.MultiplyAdd(x, w1, c41);
            x = Vector256.Create(a[5]);
            c50 = Fma.MultiplyAdd(x, w0, c50);
            c51 = Fma.MultiplyAdd(x, w1, c51);
            a += 6;
            w += 16;
        }
        while (--depth != 0);

        Vector256<float> lows = Vector256.Create(low);
        Vector256<float> highs = Vector256.Create(high);
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
    }

    private static void Tile3(float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride)
    {
        Vector256<float> c00 = Vector256.Load(init);
        Vector256<float> c01 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c10 = Vector256.Load(init);
        Vector256<float> c11 = Vector256.Load(init + 8);
        init += initStride;
        Vector256<float> c20 = Vector256.Load(init);
        Vector256<float> c21 = Vector256.Load(init + 8);
        do
        {
            Vector256<float> w0 = Vector256.Load(w);
            Vector256<float> w1 = Vector256.Load(w + 8);
            Vector256<float> x = Vector256.Create(a[0]);
            c00 = Fma.MultiplyAdd(x, w0, c00);
            c01 = Fma.MultiplyAdd(x, w1, c01);
            x = Vector256.Create(a[1]);
            c10 = Fma.MultiplyAdd(x, w0, c10);
            c11 = Fma.MultiplyAdd(x, w1, c11);
            x = Vector256.Create(a[2]);
            c20 = Fma.MultiplyAdd(x, w0, c20);
            c21 = Fma.MultiplyAdd(x, w1, c21);
            a += 3;
            w += 16;
        }
        while (--depth != 0);

        Vector256<float> lows = Vector256.Create(low);
        Vector256<float> highs = Vector256.Create(high);
        Store(c, c00, c01, lows, highs);
        c += stride;
        Store(c, c10, c11, lows, highs);
        c += stride;
        Store(c, c20, c21, lows, highs);
    }

    private static void Tile1(float* a, float* w, nint depth, float* init, float low, float high, float* c)
    {
        Vector256<float> c0 = Vector256.Load(init);
        Vector256<float> c1 = Vector256.Load(init + 8);
        do
        {
            Vector256<float> x = Vector256.Create(*a++);
            c0 = Fma.MultiplyAdd(x, Vector256.Load(w), c0);
            c1 = Fma.MultiplyAdd(x, Vector256.Load(w + 8), c1);
            w += 16;
        }
        while (--depth != 0);

        Store(c, c0, c1, Vector256.Create(low), Vector256.Create(high));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, Vector256<float> left, Vector256<float> right, Vector256<float> low, Vector256<float> high)
    {
        Int8Rounding.Clamp(left, low, high).Store(c);
        Int8Rounding.Clamp(right, low, high).Store(c + 8);
    }
}
