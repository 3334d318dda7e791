namespace EdgeRuntime.Kernels.Normalization;

/// <summary>Scalar local response normalisation: the oracle.</summary>
internal static unsafe class LrnReference
{
    public static void RunS8(in LrnArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* input = args.Input + (row * args.InputStride);
            RowS8(in args, input, args.Output + (row * args.OutputStride));
        }
    }

    public static void RunF32(in LrnArgs<float> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            RowF32(in args, input, args.Output + (row * args.OutputStride));
        }
    }

    /// <summary>What the sum of the squared int8 differences to the zero point is multiplied by.</summary>
    public static float SumFactor(in LrnArgs<sbyte> args) => args.Alpha / args.Size * (args.InputScale * args.InputScale);

    private static void RowS8(in LrnArgs<sbyte> args, sbyte* input, sbyte* output)
    {
        float low = sbyte.MinValue - args.OutputZeroPoint;
        float high = sbyte.MaxValue - args.OutputZeroPoint;
        for (int channel = 0; channel < args.Channels; channel++)
        {
            float sum = 0;
            for (int j = First(channel, args.Size); j <= Last(channel, args.Size, args.Channels); j++)
            {
                float neighbour = input[j] - args.InputZeroPoint;
                sum += neighbour * neighbour;
            }

            float value = (input[channel] - args.InputZeroPoint) * (args.InputScale / args.OutputScale);
            value /= Power(args.Bias + (SumFactor(args) * sum), args.Beta);
            output[channel] = Int8Rounding.Quantize(float.IsNaN(value) ? 0 : value, low, high, args.OutputZeroPoint);
        }
    }

    private static void RowF32(in LrnArgs<float> args, float* input, float* output)
    {
        for (int channel = 0; channel < args.Channels; channel++)
        {
            float sum = 0;
            for (int j = First(channel, args.Size); j <= Last(channel, args.Size, args.Channels); j++)
            {
                sum += input[j] * input[j];
            }

            output[channel] = input[channel] / Power(args.Bias + (args.Alpha / args.Size * sum), args.Beta);
        }
    }

    private static float Power(float value, float beta)
    {
        // Square roots are correctly rounded everywhere, so the exponents that networks use need no logarithm.
        float root = MathF.Sqrt(value);
        return beta switch
        {
            1f => value,
            0.75f => root * MathF.Sqrt(root),
            0.5f => root,
            _ => DeterministicMath.Pow(value, beta),
        };
    }

    private static int First(int channel, int size) => Math.Max(0, channel - ((size - 1) / 2));

    private static int Last(int channel, int size, int channels) => Math.Min(channels - 1, channel + (size / 2));
}
