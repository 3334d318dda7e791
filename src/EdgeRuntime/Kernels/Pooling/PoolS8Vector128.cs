using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Pooling;

/// <summary>int8 pooling, sixteen channels at a time through all taps. The addresses of a row's taps are worked out once; sentinels drop out there.</summary>
internal static unsafe class PoolS8Vector128
{
    // 256 times -128 is the least that an int16 holds, so sums of that many taps need no wider lanes.
    private const int Segment = 256;

    public static void Run(in PoolArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        sbyte** sources = stackalloc sbyte*[Segment];
        for (int row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + ((nint)row * args.Taps);
            sbyte* output = args.Output + (row * args.OutputStride);
            if (args.Taps > Segment)
            {
                ManyTaps(args, table, sources, output);
                continue;
            }

            int present = Resolve(args, table, args.Taps, sources);
            if (args.Average)
            {
                AverageRow(args, sources, present, output);
            }
            else
            {
                MaximumRow(sources, present, output, args.Channels);
            }
        }
    }

    private static int Resolve(in PoolArgs<sbyte> args, int* table, int taps, sbyte** sources)
    {
        sbyte* input = args.Input;
        nint stride = args.InputStride;
        int present = 0;
        for (int tap = 0; tap < taps; tap++)
        {
            int source = table[tap];
            if (source >= 0)
            {
                sources[present++] = input + (source * stride);
            }
        }

        return present;
    }

    private static void MaximumRow(sbyte** sources, int present, sbyte* output, int channels)
    {
        sbyte** end = sources + present;
        nint channel = 0;
        for (; channel + 64 <= channels; channel += 64)
        {
            Vector128<sbyte> m0 = Vector128.Create(sbyte.MinValue), m1 = m0, m2 = m0, m3 = m0;
            for (sbyte** tap = sources; tap != end; tap++)
            {
                sbyte* x = *tap + channel;
                m0 = Vector128.Max(m0, Vector128.Load(x));
                m1 = Vector128.Max(m1, Vector128.Load(x + 16));
                m2 = Vector128.Max(m2, Vector128.Load(x + 32));
                m3 = Vector128.Max(m3, Vector128.Load(x + 48));
            }

            m0.Store(output + channel);
            m1.Store(output + channel + 16);
            m2.Store(output + channel + 32);
            m3.Store(output + channel + 48);
        }

        for (; channel < channels; channel += Int8Lanes.Width)
        {
            Vector128<sbyte> m = Maximum(Vector128.Create(sbyte.MinValue), sources, end, channel);
            Int8Lanes.Store(m, output + channel, channels - channel);
        }
    }

    private static void AverageRow(in PoolArgs<sbyte> args, sbyte** sources, int present, sbyte* output)
    {
        Finish finish = new(args, present);
        sbyte** end = sources + present;
        for (nint channel = 0; channel < args.Channels; channel += Int8Lanes.Width)
        {
            Sums sums = default;
            sums.Add(sources, end, channel);
            Int8Lanes.Store(finish.Apply(sums), output + channel, args.Channels - channel);
        }
    }

    // Too many taps for one list of addresses: the list is made anew, piece by piece, for every sixteen channels.
    private static void ManyTaps(in PoolArgs<sbyte> args, int* table, sbyte** sources, sbyte* output)
    {
        for (nint channel = 0; channel < args.Channels; channel += Int8Lanes.Width)
        {
            Sums sums = default;
            Vector128<sbyte> maximum = Vector128.Create(sbyte.MinValue);
            int present = 0;
            for (int tap = 0; tap < args.Taps; tap += Segment)
            {
                int found = Resolve(args, table + tap, Math.Min(Segment, args.Taps - tap), sources);
                present += found;
                if (args.Average)
                {
                    sums.Add(sources, sources + found, channel);
                }
                else
                {
                    maximum = Maximum(maximum, sources, sources + found, channel);
                }
            }

            Vector128<sbyte> lanes = args.Average ? new Finish(args, present).Apply(sums) : maximum;
            Int8Lanes.Store(lanes, output + channel, args.Channels - channel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Maximum(Vector128<sbyte> maximum, sbyte** tap, sbyte** end, nint channel)
    {
        for (; tap != end; tap++)
        {
            maximum = Vector128.Max(maximum, Vector128.Load(*tap + channel));
        }

        return maximum;
    }

    /// <summary>Sums of sixteen channels.</summary>
    private struct Sums
    {
        public Vector128<int> A, B, C, D;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(sbyte** tap, sbyte** end, nint channel)
        {
            Vector128<short> low = Vector128<short>.Zero;
            Vector128<short> high = Vector128<short>.Zero;
            for (; tap != end; tap++)
            {
                Int8Lanes.AddTo(ref low, ref high, *tap + channel);
            }

            A += Vector128.WidenLower(low);
            B += Vector128.WidenUpper(low);
            C += Vector128.WidenLower(high);
            D += Vector128.WidenUpper(high);
        }
    }

    /// <summary>From the sums of one row to its averages.</summary>
    private readonly struct Finish
    {
        private readonly int _offset;
        private readonly float _factor, _low, _high;
        private readonly int _zeroPoint;

        public Finish(in PoolArgs<sbyte> args, int present)
        {
            int divisor = args.Divisor > 0 ? args.Divisor : present;
            _offset = present * args.InputZeroPoint;
            _factor = divisor == 0 ? 0 : args.Scale / divisor;
            _low = sbyte.MinValue - args.OutputZeroPoint;
            _high = sbyte.MaxValue - args.OutputZeroPoint;
            _zeroPoint = args.OutputZeroPoint;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<sbyte> Apply(in Sums sums) => Int8Rounding.Narrow(Four(sums.A), Four(sums.B), Four(sums.C), Four(sums.D));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector128<int> Four(Vector128<int> sum)
        {
            Vector128<float> value = Vector128.ConvertToSingle(sum - Vector128.Create(_offset)) * Vector128.Create(_factor);
            return Int8Rounding.Quantize(value, Vector128.Create(_low), Vector128.Create(_high), Vector128.Create(_zeroPoint));
        }
    }
}
