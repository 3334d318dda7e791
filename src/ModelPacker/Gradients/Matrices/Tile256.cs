using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ModelPacker.Gradients.Matrices;

/// <summary>The same tiles made of pieces of 6, 4 and 1 rows × 16 columns, which fit sixteen registers of eight numbers.</summary>
internal static unsafe class Tile256
{
    /// <inheritdoc cref="Gemm.Multiply"/>
    public static void Run(int height, int columns, float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        for (int column = 0; column < columns; column += 2 * Vector256<float>.Count)
        {
            if (height == Gemm.LargeTile)
            {
                Rows6(a, rowStep, depthStep, b + column, depth, c + column, stride, accumulate);
                Rows6(a + (6 * rowStep), rowStep, depthStep, b + column, depth, c + (6 * stride) + column, stride, accumulate);
            }
            else if (height == Gemm.SmallTile)
            {
                Rows4(a, rowStep, depthStep, b + column, depth, c + column, stride, accumulate);
            }
            else
            {
                Row(a, depthStep, b + column, depth, c + column, accumulate);
            }
        }
    }

    /// <summary>Fetches what a tile will be added to, or overwrite, while its sums are made: gradients of weights are larger than caches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* c, nint stride, int rows)
    {
        if (Sse.IsSupported)
        {
            for (int row = 0; row < rows; row++, c += stride)
            {
                Sse.Prefetch0(c);
            }
        }
    }

    private static void Rows6(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector256<float> c0a = Vector256<float>.Zero;
        Vector256<float> c0b = Vector256<float>.Zero;
        Vector256<float> c1a = Vector256<float>.Zero;
        Vector256<float> c1b = Vector256<float>.Zero;
        Vector256<float> c2a = Vector256<float>.Zero;
        Vector256<float> c2b = Vector256<float>.Zero;
        Vector256<float> c3a = Vector256<float>.Zero;
        Vector256<float> c3b = Vector256<float>.Zero;
        Vector256<float> c4a = Vector256<float>.Zero;
        Vector256<float> c4b = Vector256<float>.Zero;
        Vector256<float> c5a = Vector256<float>.Zero;
        Vector256<float> c5b = Vector256<float>.Zero;
        Prefetch(c, stride, 6);
        float* a1 = a + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector256<float> left = Vector256.Load(b);
            Vector256<float> right = Vector256.Load(b + 8);
            Vector256<float> x = Vector256.Create(*a);
            c0a = Vector256.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, right, c0b);
            x = Vector256.Create(a[rowStep]);
            c1a = Vector256.FusedMultiplyAdd(x, left, c1a);
            c1b = Vector256.FusedMultiplyAdd(x, right, c1b);
            x = Vector256.Create(a[twice]);
            c2a = Vector256.FusedMultiplyAdd(x, left, c2a);
            c2b = Vector256.FusedMultiplyAdd(x, right, c2b);
            x = Vector256.Create(*a1);
            c3a = Vector256.FusedMultiplyAdd(x, left, c3a);
            c3b = Vector256.FusedMultiplyAdd(x, right, c3b);
            x = Vector256.Create(a1[rowStep]);
            c4a = Vector256.FusedMultiplyAdd(x, left, c4a);
            c4b = Vector256.FusedMultiplyAdd(x, right, c4b);
            x = Vector256.Create(a1[twice]);
            c5a = Vector256.FusedMultiplyAdd(x, left, c5a);
            c5b = Vector256.FusedMultiplyAdd(x, right, c5b);
            b += Gemm.Panel;
            a += depthStep;
            a1 += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector256.Load(c);
            c0b += Vector256.Load(c + 8);
            c1a += Vector256.Load(c + stride);
            c1b += Vector256.Load(c + stride + 8);
            c2a += Vector256.Load(c + (2 * stride));
            c2b += Vector256.Load(c + (2 * stride) + 8);
            c3a += Vector256.Load(c + (3 * stride));
            c3b += Vector256.Load(c + (3 * stride) + 8);
            c4a += Vector256.Load(c + (4 * stride));
            c4b += Vector256.Load(c + (4 * stride) + 8);
            c5a += Vector256.Load(c + (5 * stride));
            c5b += Vector256.Load(c + (5 * stride) + 8);
        }

        c0a.Store(c);
        c0b.Store(c + 8);
        c1a.Store(c + stride);
        c1b.Store(c + stride + 8);
        c2a.Store(c + (2 * stride));
        c2b.Store(c + (2 * stride) + 8);
        c3a.Store(c + (3 * stride));
        c3b.Store(c + (3 * stride) + 8);
        c4a.Store(c + (4 * stride));
        c4b.Store(c + (4 * stride) + 8);
        c5a.Store(c + (5 * stride));
        c5b.Store(c + (5 * stride) + 8);
    }

    private static void Rows4(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector256<float> c0a = Vector256<float>.Zero;
        Vector256<float> c0b = Vector256<float>.Zero;
        Vector256<float> c1a = Vector256<float>.Zero;
        Vector256<float> c1b = Vector256<float>.Zero;
        Vector256<float> c2a = Vector256<float>.Zero;
        Vector256<float> c2b = Vector256<float>.Zero;
        Vector256<float> c3a = Vector256<float>.Zero;
        Vector256<float> c3b = Vector256<float>.Zero;
        Prefetch(c, stride, 4);
        float* a1 = a + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector256<float> left = Vector256.Load(b);
            Vector256<float> right = Vector256.Load(b + 8);
            Vector256<float> x = Vector256.Create(*a);
            c0a = Vector256.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, right, c0b);
            x = Vector256.Create(a[rowStep]);
            c1a = Vector256.FusedMultiplyAdd(x, left, c1a);
            c1b = Vector256.FusedMultiplyAdd(x, right, c1b);
            x = Vector256.Create(a[twice]);
            c2a = Vector256.FusedMultiplyAdd(x, left, c2a);
            c2b = Vector256.FusedMultiplyAdd(x, right, c2b);
            x = Vector256.Create(*a1);
            c3a = Vector256.FusedMultiplyAdd(x, left, c3a);
            c3b = Vector256.FusedMultiplyAdd(x, right, c3b);
            b += Gemm.Panel;
            a += depthStep;
            a1 += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector256.Load(c);
            c0b += Vector256.Load(c + 8);
            c1a += Vector256.Load(c + stride);
            c1b += Vector256.Load(c + stride + 8);
            c2a += Vector256.Load(c + (2 * stride));
            c2b += Vector256.Load(c + (2 * stride) + 8);
            c3a += Vector256.Load(c + (3 * stride));
            c3b += Vector256.Load(c + (3 * stride) + 8);
        }

        c0a.Store(c);
        c0b.Store(c + 8);
        c1a.Store(c + stride);
        c1b.Store(c + stride + 8);
        c2a.Store(c + (2 * stride));
        c2b.Store(c + (2 * stride) + 8);
        c3a.Store(c + (3 * stride));
        c3b.Store(c + (3 * stride) + 8);
    }

    private static void Row(float* a, nint depthStep, float* b, nint depth, float* c, bool accumulate)
    {
        Vector256<float> c0a = Vector256<float>.Zero;
        Vector256<float> c0b = Vector256<float>.Zero;
        do
        {
            Vector256<float> left = Vector256.Load(b);
            Vector256<float> right = Vector256.Load(b + 8);
            Vector256<float> x = Vector256.Create(*a);
            c0a = Vector256.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector256.FusedMultiplyAdd(x, right, c0b);
            b += Gemm.Panel;
            a += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector256.Load(c);
            c0b += Vector256.Load(c + 8);
        }

        c0a.Store(c);
        c0b.Store(c + 8);
    }
}
