namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>Scalar fp32 functions of one map: the oracle.</summary>
internal static unsafe class UnaryReference
{
    public static void Run(in UnaryArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            Row(in args, input, args.Output + (row * args.OutputStride), 0, args.Channels);
        }
    }

    /// <summary>Channels [begin, end) of one row; the vector variants finish their rows with it.</summary>
    public static void Row(in UnaryArgs args, float* input, float* output, nint begin, nint end)
    {
        for (nint i = begin; i < end; i++)
        {
            float alpha = args.AlphaPerChannel == null ? args.Alpha : args.AlphaPerChannel[i];
            output[i] = Apply(args.Function, input[i], alpha, args.Beta);
        }
    }

    private static float Apply(UnaryFunction function, float x, float alpha, float beta) => function switch
    {
        UnaryFunction.Relu => x < 0 ? 0 : x,
        UnaryFunction.Clip => Int8Rounding.Clamp(x, alpha, beta),
        UnaryFunction.LeakyRelu => x < 0 ? alpha * x : x,
        UnaryFunction.Sigmoid => DeterministicMath.Sigmoid(x),
        UnaryFunction.HardSigmoid => Int8Rounding.Clamp((alpha * x) + beta, 0, 1),
        UnaryFunction.HardSwish => x * Int8Rounding.Clamp((x / 6) + 0.5f, 0, 1),
        UnaryFunction.Tanh => DeterministicMath.Tanh(x),
        UnaryFunction.Elu => x < 0 ? alpha * DeterministicMath.ExpMinusOne(x) : x,
        UnaryFunction.Exp => DeterministicMath.Exp(x),
        UnaryFunction.Log => DeterministicMath.Log(x),
        UnaryFunction.Sqrt => MathF.Sqrt(x),
        UnaryFunction.Negate => -x,
        UnaryFunction.Abs => MathF.Abs(x),
        UnaryFunction.Softplus => DeterministicMath.Softplus(x),
        UnaryFunction.Erf => DeterministicMath.Erf(x),
        UnaryFunction.Selu => beta * (x > 0 ? x : alpha * DeterministicMath.ExpMinusOne(x)),
        UnaryFunction.Mish => DeterministicMath.Mish(x),
        UnaryFunction.Swish => DeterministicMath.Swish(x),
        UnaryFunction.Gelu => DeterministicMath.Gelu(x),
        UnaryFunction.Linear => (alpha * x) + beta,
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.ThresholdedRelu => x > alpha ? x : 0,
        UnaryFunction.Floor => MathF.Floor(x),
        UnaryFunction.Ceiling => MathF.Ceiling(x),
        UnaryFunction.GeluTanh => DeterministicMath.GeluTanh(x),
        _ => x / (1 + MathF.Abs(x)),
    };
}
