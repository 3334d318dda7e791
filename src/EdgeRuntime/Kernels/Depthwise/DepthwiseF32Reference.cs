namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>Scalar fp32 depthwise convolution: the oracle.</summary>
internal static unsafe class DepthwiseF32Reference
{
    public static void Run(in DepthwiseArgs<float> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                float sum = ((float*)args.Bias)[channel];
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    nint source = args.Table == null ? row : args.Table[(row * args.Taps) + tap];
                    float* input = source < 0 ? args.PaddingRow : args.Input + (source * args.InputStride);
                    sum = MathF.FusedMultiplyAdd(args.Weights[(tap * args.WeightStride) + channel], input[channel], sum);
                }

                output[channel] = Int8Rounding.Clamp(sum, args.OutputMin, args.OutputMax);
            }
        }
    }
}
