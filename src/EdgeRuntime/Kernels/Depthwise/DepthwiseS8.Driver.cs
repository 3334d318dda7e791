using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>The vector code of a depthwise variant.</summary>
internal unsafe interface IDepthwiseS8Chunk
{
    /// <summary>Computes 16 channels from <paramref name="channel"/> on of any number of taps.</summary>
    static abstract void Any(DepthwiseS8Row* row, nint channel, sbyte* output);

    /// <summary>Computes <paramref name="chunks"/> × 16 channels from channel 0 on of nine taps.</summary>
    static abstract void Nine(DepthwiseS8Row* row, int chunks, sbyte* output);
}

/// <summary>Resolves the tap addresses of each row once and cuts the channels into chunks of 16.</summary>
internal static unsafe class DepthwiseS8Driver<TChunk>
    where TChunk : struct, IDepthwiseS8Chunk
{
    private const int Width = 16;
    private const int MaxTaps = 1024;

    public static void Run(in DepthwiseArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        if (args.Taps > MaxTaps)
        {
            DepthwiseS8Reference.Run(args, rowBegin, rowEnd);
            return;
        }

        sbyte** sources = stackalloc sbyte*[args.Taps];
        sbyte* cut = stackalloc sbyte[Width];
        DepthwiseS8Row state;
        state.Sources = sources;
        state.Taps = args.Taps;
        state.Weights = args.Weights;
        state.WeightStride = args.WeightStride;
        state.Bias = (int*)args.Bias;
        state.Scale = args.Scale;
        state.Low = args.OutputMin - args.OutputZeroPoint;
        state.High = args.OutputMax - args.OutputZeroPoint;
        state.ZeroPoint = args.OutputZeroPoint;

        int chunks = args.Channels / Width;
        int whole = chunks * Width;
        for (int row = rowBegin; row < rowEnd; row++)
        {
            Resolve(args, row, sources);
            sbyte* output = args.Output + row * args.OutputStride;
            if (args.Taps == 9 && chunks != 0)
            {
                TChunk.Nine(&state, chunks, output);
            }
            else
            {
                for (int channel = 0; channel < whole; channel += Width)
                {
                    TChunk.Any(&state, channel, output + channel);
                }
            }

            // Not a chunk that overlaps the last whole one: the output may be the input of a one-tap layer.
            if (whole != args.Channels)
            {
                if (args.Taps == 9 && whole == 0)
                {
                    TChunk.Nine(&state, 1, cut);
                }
                else
                {
                    TChunk.Any(&state, whole, cut);
                }

                Copy(cut, output + whole, args.Channels - whole);
            }
        }
    }

    // Eight bytes at once where there are so many: layers of 8 or 24 channels are common.
    private static void Copy(sbyte* from, sbyte* to, int count)
    {
        if (count >= 8)
        {
            Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));
            from += 8;
            to += 8;
            count -= 8;
        }

        for (; count > 0; count--)
        {
            *to++ = *from++;
        }
    }

    private static void Resolve(in DepthwiseArgs<sbyte> args, int row, sbyte** sources)
    {
        sbyte* input = args.Input;
        nint stride = args.InputStride;
        if (args.Table == null)
        {
            *sources = input + row * stride;
            return;
        }

        sbyte* padding = args.PaddingRow;
        int taps = args.Taps;
        int* table = args.Table + (nint)row * taps;
        do
        {
            int source = *table++;
            *sources++ = source < 0 ? padding : input + source * stride;
        }
        while (--taps != 0);
    }
}
