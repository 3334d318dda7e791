using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Copies the taps of output rows one after another into row-contiguous scratch (im2row).</summary>
/// <remarks>Copies whole vectors: the excess behind a tap is overwritten by the next tap or row, or lies in the slack.</remarks>
internal static unsafe class GatherS8
{
    /// <summary>Bytes that gathering and a depth step may touch behind the last row.</summary>
    public const int Slack = 128;

    // Two vectors of four table entries cover a line.
    private const int MaxLine = 8;

    /// <summary>Bytes from one gathered row to the next.</summary>
    public static nint RowStride(nint depth)
    {
        nint stride = (depth + 15) & ~15;

        // Rows a large power of two apart would share one cache set.
        return (stride & 1023) == 0 ? stride + 64 : stride;
    }

    /// <summary>Gathers output rows [<paramref name="first"/>, first + count).</summary>
    public static void Rows(in ConvolutionArgs<sbyte> args, int first, int count, sbyte* destination, nint stride)
    {
        int* table = args.Table + (nint)first * args.Taps;
        int line = args.Channels <= 8 && args.InputStride == args.Channels ? LineLength(table, count, args.Taps) : 0;
        if (line != 0)
        {
            Lines(args, table, count, line, destination, stride);
        }
        else if (args.Channels <= 16)
        {
            Narrow(args, table, count, destination, stride);
        }
        else if (args.Channels % 64 == 0)
        {
            Wide(args, table, count, destination, stride);
        }
        else
        {
            Any(args, table, count, destination, stride);
        }
    }

    private static void Narrow(in ConvolutionArgs<sbyte> args, int* table, int count, sbyte* destination, nint stride)
    {
        sbyte* input = args.Input;
        sbyte* padding = args.PaddingRow;
        nint inputStride = args.InputStride;
        nint channels = args.Channels;
        int taps = args.Taps;
        do
        {
            sbyte* d = destination;
            int tap = taps;
            do
            {
                Vector128.Load(Source(input, padding, inputStride, *table++)).Store(d);
                d += channels;
            }
            while (--tap != 0);
            destination += stride;
        }
        while (--count != 0);
    }

    /// <summary>Kernel width as the table shows it: the run of neighbours that some row starts with, or 0 if lines do not pay.</summary>
    private static int LineLength(int* table, int count, int taps)
    {
        // Rows at the border of the map show none, so several places are tried.
        for (int sample = 0; sample < 8; sample++)
        {
            int* row = table + (nint)count * sample / 8 * taps;
            int line = 1;
            while (line < taps && line <= MaxLine && row[line] == row[line - 1] + 1)
            {
                line++;
            }

            if (*row >= 0 && line is >= 3 and <= MaxLine && taps % line == 0)
            {
                return line;
            }
        }

        return 0;
    }

    /// <summary>Few channels: taps that are neighbours in the input are copied as one piece, the others one by one.</summary>
    private static void Lines(in ConvolutionArgs<sbyte> args, int* table, int count, int line, sbyte* destination, nint stride)
    {
        sbyte* input = args.Input;
        sbyte* padding = args.PaddingRow;
        nint inputStride = args.InputStride;
        nint channels = args.Channels;
        nint lineBytes = line * channels;
        int lines = args.Taps / line;
        int last = line - 4;
        Vector128<int> head = Vector128.Create(0, 1, 2, 3);
        Vector128<int> tail = head + Vector128.Create(last);
        do
        {
            sbyte* d = destination;
            int remaining = lines;
            do
            {
                int row = *table;
                bool whole;
                if (line == 3)
                {
                    whole = ((table[1] - row - 1) | (table[2] - row - 2)) == 0;
                }
                else
                {
                    Vector128<int> origin = Vector128.Create(row);
                    Vector128<int> broken = ((Vector128.Load(table) - origin) ^ head) | ((Vector128.Load(table + last) - origin) ^ tail);
                    whole = broken == Vector128<int>.Zero;
                }

                if (row >= 0 && whole)
                {
                    sbyte* s = input + row * inputStride;
                    Vector128<sbyte> first = Vector128.Load(s);
                    Vector128<sbyte> second = Vector128.Load(s + 16);
                    first.Store(d);
                    second.Store(d + 16);
                    if (lineBytes > 32)
                    {
                        first = Vector128.Load(s + 32);
                        second = Vector128.Load(s + 48);
                        first.Store(d + 32);
                        second.Store(d + 48);
                    }

                    d += lineBytes;
                }
                else
                {
                    for (int tap = 0; tap < line; tap++)
                    {
                        Vector128.Load(Source(input, padding, inputStride, table[tap])).Store(d);
                        d += channels;
                    }
                }

                table += line;
            }
            while (--remaining != 0);
            destination += stride;
        }
        while (--count != 0);
    }

    private static void Wide(in ConvolutionArgs<sbyte> args, int* table, int count, sbyte* destination, nint stride)
    {
        sbyte* input = args.Input;
        sbyte* padding = args.PaddingRow;
        nint inputStride = args.InputStride;
        int chunks = args.Channels / 64;
        int taps = args.Taps;
        do
        {
            sbyte* d = destination;
            int tap = taps;
            do
            {
                sbyte* s = Source(input, padding, inputStride, *table++);
                int chunk = chunks;
                do
                {
                    Vector128<sbyte> v0 = Vector128.Load(s);
                    Vector128<sbyte> v1 = Vector128.Load(s + 16);
                    Vector128<sbyte> v2 = Vector128.Load(s + 32);
                    Vector128<sbyte> v3 = Vector128.Load(s + 48);
                    v0.Store(d);
                    v1.Store(d + 16);
                    v2.Store(d + 32);
                    v3.Store(d + 48);
                    s += 64;
                    d += 64;
                }
                while (--chunk != 0);
            }
            while (--tap != 0);
            destination += stride;
        }
        while (--count != 0);
    }

    private static void Any(in ConvolutionArgs<sbyte> args, int* table, int count, sbyte* destination, nint stride)
    {
        sbyte* input = args.Input;
        sbyte* padding = args.PaddingRow;
        nint inputStride = args.InputStride;
        nint channels = args.Channels;
        int taps = args.Taps;
        do
        {
            sbyte* d = destination;
            int tap = taps;
            do
            {
                sbyte* s = Source(input, padding, inputStride, *table++);
                nint channel = 0;
                do
                {
                    Vector128.Load(s + channel).Store(d + channel);
                    channel += 16;
                }
                while (channel < channels);
                d += channels;
            }
            while (--tap != 0);
            destination += stride;
        }
        while (--count != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static sbyte* Source(sbyte* input, sbyte* padding, nint stride, int row)
        => row < 0 ? padding : input + row * stride;
}
