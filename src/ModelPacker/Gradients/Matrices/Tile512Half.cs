using System.Runtime.Intrinsics;

namespace ModelPacker.Gradients.Matrices;

/// <summary>Tiles of the left half of a panel, for layers of few channels.</summary>
internal static unsafe class Tile512Half
{
    /// <summary>12 rows × 16 columns.</summary>
    public static void Rows12(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero;
        Vector512<float> c4a = Vector512<float>.Zero;
        Vector512<float> c5a = Vector512<float>.Zero;
        Vector512<float> c6a = Vector512<float>.Zero;
        Vector512<float> c7a = Vector512<float>.Zero;
        Vector512<float> c8a = Vector512<float>.Zero;
        Vector512<float> c9a = Vector512<float>.Zero;
        Vector512<float> c10a = Vector512<float>.Zero;
        Vector512<float> c11a = Vector512<float>.Zero;
        float* a1 = a + (3 * rowStep);
        float* a2 = a1 + (3 * rowStep);
        float* a3 = a2 + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            x = Vector512.Create(a[rowStep]);
            c1a = Vector512.FusedMultiplyAdd(x, left, c1a);
            x = Vector512.Create(a[twice]);
            c2a = Vector512.FusedMultiplyAdd(x, left, c2a);
            x = Vector512.Create(*a1);
            c3a = Vector512.FusedMultiplyAdd(x, left, c3a);
            x = Vector512.Create(a1[rowStep]);
            c4a = Vector512.FusedMultiplyAdd(x, left, c4a);
            x = Vector512.Create(a1[twice]);
            c5a = Vector512.FusedMultiplyAdd(x, left, c5a);
            x = Vector512.Create(*a2);
            c6a = Vector512.FusedMultiplyAdd(x, left, c6a);
            x = Vector512.Create(a2[rowStep]);
            c7a = Vector512.FusedMultiplyAdd(x, left, c7a);
            x = Vector512.Create(a2[twice]);
            c8a = Vector512.FusedMultiplyAdd(x, left, c8a);
            x = Vector512.Create(*a3);
            c9a = Vector512.FusedMultiplyAdd(x, left, c9a);
            x = Vector512.Create(a3[rowStep]);
            c10a = Vector512.FusedMultiplyAdd(x, left, c10a);
            x = Vector512.Create(a3[twice]);
            c11a = Vector512.FusedMultiplyAdd(x, left, c11a);
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
            c1a += Vector512.Load(c + stride);
            c2a += Vector512.Load(c + (2 * stride));
            c3a += Vector512.Load(c + (3 * stride));
            c4a += Vector512.Load(c + (4 * stride));
            c5a += Vector512.Load(c + (5 * stride));
            c6a += Vector512.Load(c + (6 * stride));
            c7a += Vector512.Load(c + (7 * stride));
            c8a += Vector512.Load(c + (8 * stride));
            c9a += Vector512.Load(c + (9 * stride));
            c10a += Vector512.Load(c + (10 * stride));
            c11a += Vector512.Load(c + (11 * stride));
        }

        c0a.Store(c);
        c1a.Store(c + stride);
        c2a.Store(c + (2 * stride));
        c3a.Store(c + (3 * stride));
        c4a.Store(c + (4 * stride));
        c5a.Store(c + (5 * stride));
        c6a.Store(c + (6 * stride));
        c7a.Store(c + (7 * stride));
        c8a.Store(c + (8 * stride));
        c9a.Store(c + (9 * stride));
        c10a.Store(c + (10 * stride));
        c11a.Store(c + (11 * stride));
    }

    /// <summary>4 rows × 16 columns.</summary>
    public static void Rows4(float* a, nint rowStep, nint depthStep, float* b, nint depth, float* c, nint stride, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        Vector512<float> c1a = Vector512<float>.Zero;
        Vector512<float> c2a = Vector512<float>.Zero;
        Vector512<float> c3a = Vector512<float>.Zero;
        float* a1 = a + (3 * rowStep);
        nint twice = 2 * rowStep;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            x = Vector512.Create(a[rowStep]);
            c1a = Vector512.FusedMultiplyAdd(x, left, c1a);
            x = Vector512.Create(a[twice]);
            c2a = Vector512.FusedMultiplyAdd(x, left, c2a);
            x = Vector512.Create(*a1);
            c3a = Vector512.FusedMultiplyAdd(x, left, c3a);
            b += Gemm.Panel;
            a += depthStep;
            a1 += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector512.Load(c);
            c1a += Vector512.Load(c + stride);
            c2a += Vector512.Load(c + (2 * stride));
            c3a += Vector512.Load(c + (3 * stride));
        }

        c0a.Store(c);
        c1a.Store(c + stride);
        c2a.Store(c + (2 * stride));
        c3a.Store(c + (3 * stride));
    }

    /// <summary>1 row × 16 columns.</summary>
    public static void Row(float* a, nint depthStep, float* b, nint depth, float* c, bool accumulate)
    {
        Vector512<float> c0a = Vector512<float>.Zero;
        do
        {
            Vector512<float> left = Vector512.Load(b);
            Vector512<float> x = Vector512.Create(*a);
            c0a = Vector512.FusedMultiplyAdd(x, left, c0a);
            b += Gemm.Panel;
            a += depthStep;
        }
        while (--depth != 0);

        if (accumulate)
        {
            c0a += Vector512.Load(c);
        }

        c0a.Store(c);
    }
}
