using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Pooling;

/// <summary>Resampling, vectors of channels through all taps. The addresses and weights of the taps of a row that are there are listed once.</summary>
internal static unsafe class ResampleVector<T>
    where T : struct, IFloatLanes<T>
{
    private const int MaxTaps = 1024;

    public static void RunS8(in ResampleArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        if (args.Taps > MaxTaps)
        {
            ResampleReference.RunS8(in args, rowBegin, rowEnd);
            return;
        }

        sbyte** sources = stackalloc sbyte*[args.Taps];
        float* weights = stackalloc float[args.Taps];
        sbyte* rest = stackalloc sbyte[T.Width];
        T low = T.Create(sbyte.MinValue - args.OutputZeroPoint);
        T high = T.Create(sbyte.MaxValue - args.OutputZeroPoint);
        T zeroPoint = T.Create(args.InputZeroPoint);
        T scale = T.Create(args.Scale);
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int present = Resolve(args, row, sources, weights);
            sbyte* output = args.Output + (row * args.OutputStride);
            for (nint channel = 0; channel < args.Channels; channel += T.Width)
            {
                T sum = T.Create(0);
                for (int tap = 0; tap < present; tap++)
                {
                    sum += T.Create(weights[tap]) * (T.Load(sources[tap] + channel) - zeroPoint);
                }

                T y = Vectors.Clamp(sum * scale, low, high);
                nint left = args.Channels - channel;
                y.StoreRounded(left >= T.Width ? output + channel : rest, args.OutputZeroPoint);
                if (left < T.Width)
                {
                    Unsafe.CopyBlockUnaligned(output + channel, rest, (uint)left);
                }
            }
        }
    }

    public static void RunF32(in ResampleArgs<float> args, int rowBegin, int rowEnd)
    {
        if (args.Taps > MaxTaps)
        {
            ResampleReference.RunF32(in args, rowBegin, rowEnd);
            return;
        }

        float** sources = stackalloc float*[args.Taps];
        float* weights = stackalloc float[args.Taps];
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int present = Resolve(args, row, (sbyte**)sources, weights);
            RowF32(sources, weights, present, args.Output + (row * args.OutputStride), args.Channels);
        }
    }

    private static void RowF32(float** sources, float* weights, int present, float* output, nint channels)
    {
        nint channel = 0;
        for (; channel + (4 * T.Width) <= channels; channel += 4 * T.Width)
        {
            T a = T.Create(0), b = a, c = a, d = a;
            for (int tap = 0; tap < present; tap++)
            {
                float* x = sources[tap] + channel;
                T w = T.Create(weights[tap]);
                a += w * T.Load(x);
                b += w * T.Load(x + T.Width);
                c += w * T.Load(x + (2 * T.Width));
                d += w * T.Load(x + (3 * T.Width));
            }

            float* y = output + channel;
            a.Store(y);
            b.Store(y + T.Width);
            c.Store(y + (2 * T.Width));
            d.Store(y + (3 * T.Width));
        }

        for (; channel < channels; channel += T.Width)
        {
            T sum = T.Create(0);
            for (int tap = 0; tap < present; tap++)
            {
                sum += T.Create(weights[tap]) * T.Load(sources[tap] + channel);
            }

            Vectors.Store(sum, output + channel, channels - channel);
        }
    }

    private static int Resolve<TElement>(in ResampleArgs<TElement> args, nint row, sbyte** sources, float* weights)
        where TElement : unmanaged
    {
        int* table = args.Table + (row * args.Taps);
        float* rowWeights = args.Weights + (row * args.Taps);
        int present = 0;
        for (int tap = 0; tap < args.Taps; tap++)
        {
            if (table[tap] >= 0)
            {
                sources[present] = (sbyte*)(args.Input + (table[tap] * args.InputStride));
                weights[present++] = rowWeights[tap];
            }
        }

        return present;
    }
}
