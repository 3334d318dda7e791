namespace EdgeRuntime.Kernels.Pooling;

/// <summary>Scalar resampling: the oracle.</summary>
internal static unsafe class ResampleReference
{
    public static void RunS8(in ResampleArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        float low = sbyte.MinValue - args.OutputZeroPoint;
        float high = sbyte.MaxValue - args.OutputZeroPoint;
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + (row * args.Taps);
            float* weights = args.Weights + (row * args.Taps);
            sbyte* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                float sum = 0;
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    if (table[tap] >= 0)
                    {
                        sum += weights[tap] * (args.Input[(table[tap] * args.InputStride) + channel] - args.InputZeroPoint);
                    }
                }

                output[channel] = Int8Rounding.Quantize(sum * args.Scale, low, high, args.OutputZeroPoint);
            }
        }
    }

    public static void RunF32(in ResampleArgs<float> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + (row * args.Taps);
            float* weights = args.Weights + (row * args.Taps);
            float* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                float sum = 0;
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    if (table[tap] >= 0)
                    {
                        sum += weights[tap] * args.Input[(table[tap] * args.InputStride) + channel];
                    }
                }

                output[channel] = sum;
            }
        }
    }
}
