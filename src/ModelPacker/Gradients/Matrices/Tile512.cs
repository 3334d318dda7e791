using System.Runtime.Intrinsics;
namespace ModelPacker.Gradients.Matrices;

/// <summary>Tiles of 12, 4 and 1 rows × 32 or 16 columns in vectors of sixteen numbers.</summary>
internal static unsafe class Tile512
{
    /// <inheritdoc cref="Gemm.Multiply"/>
    public static void Run(int height, int columns, float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        bool half = columns <= Gemm.Panel / 2;
        if (height == Gemm.LargeTile)
        {
            if (half)
            {
                Tile512Half.Rows12(a, rowStep, depthStep, b, depth, c, stride, accumulate);
            }
            else
            {
                Rows12(a, rowStep, depthStep, b, depth, c, stride, accumulate);
            }
        }
        else if (height == Gemm.SmallTile)
        {
            if (half)
            {
                Tile512Half.Rows4(a, rowStep, depthStep, b, depth, c, stride, accumulate);
            }
            else
            {
                Rows4(a, rowStep, depthStep, b, depth, c, stride, accumulate);
            }
        }
        else if (half)
        {
            Tile512Half.Row(a, depthStep, b, depth, c, accumulate);
        }
        else
        {
            Row(a, depthStep, b, depth, c, accumulate);
        }
    }

    private static void Rows12(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c0b = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero;
        Vector512<float> c1b = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero;
        Vector512<float> c2b = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero;
        Vector512<float> c3b = Vector512<float>.Zero;
        Vector512<float> c4a = Vector512<float>.Zero;
        Vector512<float> c4b = Vector512<float>.Zero;
        Vector512<float> c5a = Vector512<float>.Zero;
        Vector512<float> c5b = Vector512<float>.Zero;
        Vector512<float> c6a = Vector512<float>.Zero;
        Vector512<float> c6b = Vector512<float>.Zero;
        Vector512<float> c7a = Vector512<float>.Zero;
        Vector512<float> c7b = Vector512<float>.Zero;
        Vector512<float> c8a = Vector512<float>.Zero;
        Vector512<float> c8b = Vector512<float>.Zero;
        Vector512<float> c9a = Vector512<float>.Zero;
        Vector512<float> c9b = Vector512<float>.Zero;
        Vector512<float> c10a = Vector512<float>.Zero;
        Vector512<float> c10b = Vector512<float>.Zero;
        Vector512<float> c11a = Vector512<float>.Zero;
        Vector512<float> c11b = Vector512<float>.Zero;
        float* a1 = a + (3 * rowStep);
        float* a2 = a1 + (3 * rowStep);
        float* a3 = a2 + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> right = Vector512.Load(b + 16);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, right, c0b);
            x = Vector512.Create(a[rowStep]);
            c1a = Vector512.FusedMultiplyAdd(x, left, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, right, c1b);
            x = Vector512.Create(a[twice]);
            c2a = Vector512.FusedMultiplyAdd(x, left, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, right, c2b);
            x = Vector512.Create(*a1);
            c3a = Vector512.FusedMultiplyAdd(x, left, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, right, c3b);
            x = Vector512.Create(a1[rowStep]);
            c4a = Vector512.FusedMultiplyAdd(x, left, c4a);
            c4b = Vector512.FusedMultiplyAdd(x, right, c4b);
            x = Vector512.Create(a1[twice]);
            c5a = Vector512.FusedMultiplyAdd(x, left, c5a);
            c5b = Vector512.FusedMultiplyAdd(x, right, c5b);
            x = Vector512.Create(*a2);
            c6a = Vector512.FusedMultiplyAdd(x, left, c6a);
            c6b = Vector512.FusedMultiplyAdd(x, right, c6b);
            x = Vector512.Create(a2[rowStep]);
            c7a = Vector512.FusedMultiplyAdd(x, left, c7a);
            c7b = Vector512.FusedMultiplyAdd(x, right, c7b);
            x = Vector512.Create(a2[twice]);
            c8a = Vector512.FusedMultiplyAdd(x, left, c8a);
            c8b = Vector512.FusedMultiplyAdd(x, right, c8b);
            x = Vector512.Create(*a3);
            c9a = Vector512.FusedMultiplyAdd(x, left, c9a);
            c9b = Vector512.FusedMultiplyAdd(x, right, c9b);
            x = Vector512.Create(a3[rowStep]);
            c10a = Vector512.FusedMultiplyAdd(x, left, c10a);
            c10b = Vector512.FusedMultiplyAdd(x, right, c10b);
            x = Vector512.Create(a3[twice]);
            c11a = Vector512.FusedMultiplyAdd(x, left, c11a);
            c11b = Vector512.FusedMultiplyAdd(x, right, c11b);
            b += Gemm.Panel;
            a += depthStep;
            a1 += depthStep;
            a2 += depthStep;
            a3 += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector512.Load(c);
            c0b += Vector512.Load(c + 16);
            c1a += Vector512.Load(c + stride);
            c1b += Vector512.Load(c + stride + 16);
            c2a += Vector512.Load(c + (2 * stride));
            c2b += Vector512.Load(c + (2 * stride) + 16);
            c3a += Vector512.Load(c + (3 * stride));
            c3b += Vector512.Load(c + (3 * stride) + 16);
            c4a += Vector512.Load(c + (4 * stride));
            c4b += Vector512.Load(c + (4 * stride) + 16);
            c5a += Vector512.Load(c + (5 * stride));
            c5b += Vector512.Load(c + (5 * stride) + 16);
            c6a += Vector512.Load(c + (6 * stride));
            c6b += Vector512.Load(c + (6 * stride) + 16);
            c7a += Vector512.Load(c + (7 * stride));
            c7b += Vector512.Load(c + (7 * stride) + 16);
            c8a += Vector512.Load(c + (8 * stride));
            c8b += Vector512.Load(c + (8 * stride) + 16);
            c9a += Vector512.Load(c + (9 * stride));
            c9b += Vector512.Load(c + (9 * stride) + 16);
            c10a += Vector512.Load(c + (10 * stride));
            c10b += Vector512.Load(c + (10 * stride) + 16);
            c11a += Vector512.Load(c + (11 * stride));
            c11b += Vector512.Load(c + (11 * stride) + 16);
        }

        c0a.Store(c);
        c0b.Store(c + 16);
        c1a.Store(c + stride);
        c1b.Store(c + stride + 16);
        c2a.Store(c + (2 * stride));
        c2b.Store(c + (2 * stride) + 16);
        c3a.Store(c + (3 * stride));
        c3b.Store(c + (3 * stride) + 16);
        c4a.Store(c + (4 * stride));
        c4b.Store(c + (4 * stride) + 16);
        c5a.Store(c + (5 * stride));
        c5b.Store(c + (5 * stride) + 16);
        c6a.Store(c + (6 * stride));
        c6b.Store(c + (6 * stride) + 16);
        c7a.Store(c + (7 * stride));
        c7b.Store(c + (7 * stride) + 16);
        c8a.Store(c + (8 * stride));
        c8b.Store(c + (8 * stride) + 16);
        c9a.Store(c + (9 * stride));
        c9b.Store(c + (9 * stride) + 16);
        c10a.Store(c + (10 * stride));
        c10b.Store(c + (10 * stride) + 16);
        c11a.Store(c + (11 * stride));
        c11b.Store(c + (11 * stride) + 16);
    }

    private static void Rows4(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c0b = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero;
        Vector512<float> c1b = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero;
        Vector512<float> c2b = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero;
        Vector512<float> c3b = Vector512<float>.Zero;
        float* a1 = a + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> right = Vector512.Load(b + 16);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, right, c0b);
            x = Vector512.Create(a[rowStep]);
            c1a = Vector512.FusedMultiplyAdd(x, left, c1a);
            c1b = Vector512.FusedMultiplyAdd(x, right, c1b);
            x = Vector512.Create(a[twice]);
            c2a = Vector512.FusedMultiplyAdd(x, left, c2a);
            c2b = Vector512.FusedMultiplyAdd(x, right, c2b);
            x = Vector512.Create(*a1);
            c3a = Vector512.FusedMultiplyAdd(x, left, c3a);
            c3b = Vector512.FusedMultiplyAdd(x, right, c3b);
            b += Gemm.Panel;
            a += depthStep;
            a1 += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector512.Load(c);
            c0b += Vector512.Load(c + 16);
            c1a += Vector512.Load(c + stride);
            c1b += Vector512.Load(c + stride + 16);
            c2a += Vector512.Load(c + (2 * stride));
            c2b += Vector512.Load(c + (2 * stride) + 16);
            c3a += Vector512.Load(c + (3 * stride));
            c3b += Vector512.Load(c + (3 * stride) + 16);
        }

        c0a.Store(c);
        c0b.Store(c + 16);
        c1a.Store(c + stride);
        c1b.Store(c + stride + 16);
        c2a.Store(c + (2 * stride));
        c2b.Store(c + (2 * stride) + 16);
        c3a.Store(c + (3 * stride));
        c3b.Store(c + (3 * stride) + 16);
    }

    private static void Row(float* a, nint depthStep, float* b, nint depth, float* c, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c0b = Vector512<float>.Zero;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> right = Vector512.Load(b + 16);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            c0b = Vector512.FusedMultiplyAdd(x, right, c0b);
            b += Gemm.Panel;
            a += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector512.Load(c);
            c0b += Vector512.Load(c + 16);
        }

        c0a.Store(c);
        c0b.Store(c + 16);
    }
}
