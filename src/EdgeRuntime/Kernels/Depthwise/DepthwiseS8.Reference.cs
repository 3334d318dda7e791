using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>The oracle: scalar loops in the order of the formula.</summary>
internal static unsafe class DepthwiseS8Reference
{
    public static KernelVariant<DepthwiseArgs<sbyte>> Variant { get; } = new("depthwise-s8", "reference", () => true, Run);

    public static void Run(in DepthwiseArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        for (int row = rowBegin; row < rowEnd; row++)
        {
            for (int channel = 0; channel < args.Channels; channel++)
            {
                int sum = ((int*)args.Bias)[channel];
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    int weight = args.Weights[tap * args.WeightStride + channel];
                    sum = unchecked(sum + weight * DepthwiseS8Row.Source(args, row, tap)[channel]);
                }

                args.Output[row * args.OutputStride + channel] =
                    RequantizeS8.One(sum, args.Scale[channel], args.OutputMin, args.OutputMax, args.OutputZeroPoint);
            }
        }
    }
}
