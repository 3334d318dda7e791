using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelPacker.Gradients.Steps;

/// <summary>Sums and copies over short and long runs of numbers.</summary>
internal static unsafe class Lines
{
    /// <summary>target = source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* source, float* target, nint count)
    {
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    /// <summary>target = 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(float* target, nint count)
    {
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256<float>.Zero.Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = 0;
        }
    }

    /// <summary>target += source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* source, float* target, nint count)
    {
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            (Vector256.Load(target + i) + Vector256.Load(source + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] += source[i];
        }
    }

    /// <summary>target += factor · source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float* source, float factor, float* target, nint count)
    {
        Vector256<float> factors = Vector256.Create(factor);
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256.MultiplyAddEstimate(Vector256.Load(source + i), factors, Vector256.Load(target + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] += factor * source[i];
        }
    }

    /// <summary>target += a · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddProduct(float* a, float* b, float* target, nint count)
    {
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), Vector256.Load(target + i)).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] += a[i] * b[i];
        }
    }

    /// <summary>Σ a · b.</summary>
    public static double Dot(float* a, float* b, nint count)
    {
        double sum = 0;
        for (nint i = 0; i < count; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
