namespace EdgeRuntime.Kernels.Softmax;

/// <summary>Scalar softmax: the oracle.</summary>
internal static unsafe class SoftmaxReference
{
    public static void Run(in SoftmaxArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            float* output = args.Output + (row * args.OutputStride);
            float largest = float.NegativeInfinity;
            for (int i = 0; i < args.Channels; i++)
            {
                largest = input[i] > largest ? input[i] : largest;
            }

            float sum = 0;
            for (int i = 0; i < args.Channels; i++)
            {
                float shifted = input[i] - largest;
                float power = DeterministicMath.Exp(shifted);
                sum += power;
                output[i] = args.Logarithm ? shifted : power;
            }

            float logarithm = args.Logarithm ? DeterministicMath.Log(sum) : 0;
            for (int i = 0; i < args.Channels; i++)
            {
                output[i] = args.Logarithm ? output[i] - logarithm : output[i] / sum;
            }
        }
    }
}
