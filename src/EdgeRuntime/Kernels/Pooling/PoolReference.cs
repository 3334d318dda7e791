namespace EdgeRuntime.Kernels.Pooling;

/// <summary>Scalar pooling: the oracle.</summary>
internal static unsafe class PoolReference
{
    public static void RunS8(in PoolArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        float low = sbyte.MinValue - args.OutputZeroPoint;
        float high = sbyte.MaxValue - args.OutputZeroPoint;
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + (row * args.Taps);
            sbyte* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                int present = 0;
                int sum = 0;
                sbyte largest = sbyte.MinValue;
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    if (table[tap] >= 0)
                    {
                        sbyte value = args.Input[(table[tap] * args.InputStride) + channel];
                        present++;
                        sum += value;
                        largest = Math.Max(largest, value);
                    }
                }

                int divisor = args.Divisor > 0 ? args.Divisor : present;
                float factor = divisor == 0 ? 0 : args.Scale / divisor;
                output[channel] = args.Average
                    ? Int8Rounding.Quantize((sum - (present * args.InputZeroPoint)) * factor, low, high, args.OutputZeroPoint)
                    : largest;
            }
        }
    }

    public static void RunF32(in PoolArgs<float> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            int* table = args.Table + (row * args.Taps);
            float* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                int present = 0;
                float sum = 0;
                float largest = float.NegativeInfinity;
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    if (table[tap] >= 0)
                    {
                        float value = args.Input[(table[tap] * args.InputStride) + channel];
                        present++;
                        sum += value;
                        largest = value > largest ? value : largest;
                    }
                }

                int divisor = args.Divisor > 0 ? args.Divisor : present;
                float factor = divisor == 0 ? 0 : 1f / divisor;
                output[channel] = args.Average ? sum * factor : largest;
            }
        }
    }
}
