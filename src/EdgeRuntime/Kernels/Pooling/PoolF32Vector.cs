using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Pooling;

/// <summary>fp32 pooling, vectors of channels through a few taps at a time.</summary>
/// <remarks>Where a window has more taps than one pass takes, the output row holds what the passes so far have found. So a global pooling
/// reads a few rows side by side from one end to the other, which caches and prefetchers like, and not one narrow column of a wide map.</remarks>
internal static unsafe class PoolF32Vector<T>
    where T : struct, IFloatLanes<T>
{
    private const int Segment = 16;

    public static void Run(in PoolArgs<float> args, int rowBegin, int rowEnd)
    {
        float** sources = stackalloc float*[Segment];
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + (row * args.Taps);
            float* output = args.Output + (row * args.OutputStride);
            if (args.Average)
            {
                Row<Sum>(args, table, sources, output);
            }
            else
            {
                Row<Largest>(args, table, sources, output);
            }
        }
    }

    private static void Row<TPooling>(in PoolArgs<float> args, int* table, float** sources, float* output)
        where TPooling : struct, IPooling
    {
        float* carry = stackalloc float[T.Width];
        int present = 0;
        int begin = 0;
        while (true)
        {
            bool first = begin == 0;
            int found = 0;
            for (; begin < args.Taps && found < Segment; begin++)
            {
                if (table[begin] >= 0)
                {
                    sources[found++] = args.Input + (table[begin] * args.InputStride);
                }
            }

            present += found;
            bool last = begin == args.Taps;
            float factor = last ? Factor(args, present) : 1;
            Pass<TPooling>(sources, sources + found, output, carry, args.Channels, first, last, factor);
            if (last)
            {
                return;
            }
        }
    }

    private static float Factor(in PoolArgs<float> args, int present)
    {
        int divisor = args.Divisor > 0 ? args.Divisor : present;
        return divisor == 0 ? 0 : 1f / divisor;
    }

    private static void Pass<TPooling>(float** sources, float** end, float* output, float* carry, nint channels, bool first, bool last, float factor)
        where TPooling : struct, IPooling
    {
        T start = T.Create(TPooling.Start);
        T scale = T.Create(factor);
        nint channel = 0;
        for (; channel + (4 * T.Width) <= channels; channel += 4 * T.Width)
        {
            float* y = output + channel;
            T a = first ? start : T.Load(y);
            T b = first ? start : T.Load(y + T.Width);
            T c = first ? start : T.Load(y + (2 * T.Width));
            T d = first ? start : T.Load(y + (3 * T.Width));
            for (float** tap = sources; tap != end; tap++)
            {
                float* x = *tap + channel;
                a = TPooling.Take(a, T.Load(x));
                b = TPooling.Take(b, T.Load(x + T.Width));
                c = TPooling.Take(c, T.Load(x + (2 * T.Width)));
                d = TPooling.Take(d, T.Load(x + (3 * T.Width)));
            }

            (last ? TPooling.Finish(a, scale) : a).Store(y);
            (last ? TPooling.Finish(b, scale) : b).Store(y + T.Width);
            (last ? TPooling.Finish(c, scale) : c).Store(y + (2 * T.Width));
            (last ? TPooling.Finish(d, scale) : d).Store(y + (3 * T.Width));
        }

        for (; channel < channels; channel += T.Width)
        {
            // Memory behind the output is not ours, so an incomplete vector waits elsewhere for the next pass.
            float* y = channels - channel < T.Width ? carry : output + channel;
            T a = first ? start : T.Load(y);
            for (float** tap = sources; tap != end; tap++)
            {
                a = TPooling.Take(a, T.Load(*tap + channel));
            }

            if (last)
            {
                Vectors.Store(TPooling.Finish(a, scale), output + channel, channels - channel);
            }
            else
            {
                a.Store(y);
            }
        }
    }

    private interface IPooling
    {
        static abstract float Start { get; }

        static abstract T Take(T sum, T x);

        static abstract T Finish(T sum, T scale);
    }

    private readonly struct Largest : IPooling
    {
        public static float Start => float.NegativeInfinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Take(T sum, T x) => T.Greater(x, sum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Finish(T sum, T scale) => sum;
    }

    private readonly struct Sum : IPooling
    {
        public static float Start => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Take(T sum, T x) => sum + x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Finish(T sum, T scale) => sum * scale;
    }
}
