namespace EdgeRuntime.Kernels.Convolution;

/// <summary>The oracle: scalar loops in the order of the formula, weights kept as they come ([outputChannels, depth]).</summary>
public sealed unsafe class ConvolutionS8Reference : ConvolutionKernel<sbyte>
{
    /// <inheritdoc/>
    public override string Family => "convolution-s8";

    /// <inheritdoc/>
    public override string Name => "reference";

    /// <inheritdoc/>
    public override bool IsSupported => true;

    /// <inheritdoc/>
    public override int RowTile => 1;

    /// <inheritdoc/>
    public override int ColumnTile => 1;

    /// <inheritdoc/>
    public override nuint PackedBytes(int outputChannels, int depth) => (nuint)outputChannels * (nuint)depth;

    /// <inheritdoc/>
    public override void Pack(sbyte* weights, int first, int count, int outputChannels, int depth, byte* packed)
    {
        nuint bytes = (nuint)count * (nuint)depth;
        System.Runtime.InteropServices.NativeMemory.Copy(weights, packed + (nint)first * depth, bytes);
    }

    /// <inheritdoc/>
    public override nuint ScratchBytes(int taps, int channels) => 0;

    /// <inheritdoc/>
    public override void Run(in ConvolutionArgs<sbyte> args, int rowBegin, int rowEnd, int columnBegin, int columnEnd, byte* scratch)
    {
        for (int row = rowBegin; row < rowEnd; row++)
        {
            for (int column = columnBegin; column < columnEnd; column++)
            {
                int sum = ((int*)args.Bias)[column];
                sbyte* weights = (sbyte*)args.Weights + (nint)column * args.Taps * args.Channels;
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    sbyte* input = TapRow(args, row, tap);
                    for (int channel = 0; channel < args.Channels; channel++)
                    {
                        sum = unchecked(sum + weights[(nint)tap * args.Channels + channel] * input[channel]);
                    }
                }

                nint index = row * args.OutputStride + column;
                if (args.FloatOutput != null)
                {
                    args.FloatOutput[index] = Int8Rounding.Clamp(sum * args.Scale[column], args.OutputMin, args.OutputMax);
                    continue;
                }

                args.Output[index] = RequantizeS8.One(sum, args.Scale[column], args.OutputMin, args.OutputMax, args.OutputZeroPoint);
            }
        }
    }

    private static sbyte* TapRow(in ConvolutionArgs<sbyte> args, int row, int tap)
    {
        if (args.Table == null)
        {
            return args.Input + row * args.InputStride;
        }

        int source = args.Table[(nint)row * args.Taps + tap];
        return source < 0 ? args.PaddingRow : args.Input + source * args.InputStride;
    }
}
