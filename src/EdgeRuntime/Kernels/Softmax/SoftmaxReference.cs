namespace EdgeRuntime.Kernels.Softmax;

/// <summary>Scalar softmax: the oracle.</summary>
internal static unsafe class SoftmaxReference
{
    /// <summary>Interleaved partial sums; a multiple of every vector width in use.</summary>
    public const int Partials = 8;

    public static void Run(in SoftmaxArgs args, int rowBegin, int rowEnd)
    {
        float* partials = stackalloc float[Partials];
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            float* output = args.Output + (row * args.OutputStride);
            float largest = float.NegativeInfinity;
            for (int i = 0; i < args.Channels; i++)
            {
                largest = input[i] > largest ? input[i] : largest;
            }

            largest = PlusZero(largest);
            Clear(partials);
            for (int i = 0; i < args.Channels; i++)
            {
                float shifted = input[i] - largest;
                float power = DeterministicMath.Exp(shifted);
                partials[i % Partials] += power;
                output[i] = args.Logarithm ? shifted : power;
            }

            float sum = Total(partials);
            float logarithm = args.Logarithm ? DeterministicMath.Log(sum) : 0;
            for (int i = 0; i < args.Channels; i++)
            {
                output[i] = args.Logarithm ? output[i] - logarithm : output[i] / sum;
            }
        }
    }

    /// <summary>+0 for −0: which of the two zeros a maximum finds depends on the order of the search.</summary>
    public static float PlusZero(float value) => value + 0f;

    /// <summary>Sets the partial sums to 0.</summary>
    public static void Clear(float* partials) => new Span<float>(partials, Partials).Clear();

    /// <summary>The partial sums together, in the order that halving a vector gives.</summary>
    public static float Total(float* partials)
        => ((partials[0] + partials[4]) + (partials[2] + partials[6])) + ((partials[1] + partials[5]) + (partials[3] + partials[7]));
}
