using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Gradients.Steps;

/// <summary>Derivatives of the functions of one value. In a corner it is that of the flat side, or else of the left.</summary>
internal static class UnaryDerivative
{
    /// <summary>f′(x) with the parameters α and β.</summary>
    /// <exception cref="InvalidOperationException">The function jumps.</exception>
    public static double Of(UnaryFunction function, double x, double alpha, double beta) => function switch
    {
        UnaryFunction.Relu => x > 0 ? 1 : 0,
        UnaryFunction.Clip => x > alpha && x < beta ? 1 : 0,
        UnaryFunction.LeakyRelu => x > 0 ? 1 : alpha,
        UnaryFunction.Sigmoid => Sigmoid(x) * Sigmoid(-x),
        UnaryFunction.HardSigmoid => (alpha * x) + beta is > 0 and < 1 ? alpha : 0,
        UnaryFunction.HardSwish => x <= -3 ? 0 : x >= 3 ? 1 : (x / 3) + 0.5,
        UnaryFunction.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        UnaryFunction.Elu => x > 0 ? 1 : alpha * Math.Exp(x),
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => 1 / x,
        UnaryFunction.Sqrt => 0.5 / Math.Sqrt(x),
        UnaryFunction.Negate => -1,
        UnaryFunction.Abs => Math.Sign(x),
        UnaryFunction.Softplus => Sigmoid(x),
        UnaryFunction.Erf => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x),
        UnaryFunction.Selu => beta * (x > 0 ? 1 : alpha * Math.Exp(x)),
        UnaryFunction.Mish => Mish(x),
        UnaryFunction.Swish => Sigmoid(x) * (1 + (x * Sigmoid(-x))),
        UnaryFunction.Gelu => NormalShare(x) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
        UnaryFunction.Linear => alpha,
        UnaryFunction.Reciprocal => -1 / (x * x),
        UnaryFunction.ThresholdedRelu => x > alpha ? 1 : 0,
        UnaryFunction.GeluTanh => GeluTanh(x),
        UnaryFunction.Softsign => 1 / ((1 + Math.Abs(x)) * (1 + Math.Abs(x))),
        _ => throw new InvalidOperationException($"No derivative for {function}."),
    };

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Mish(double x)
    {
        double tanh = Math.Tanh(x > 30 ? x : Math.Log(1 + Math.Exp(x)));
        return tanh + (x * (1 - (tanh * tanh)) * Sigmoid(x));
    }

    private static double GeluTanh(double x)
    {
        double root = Math.Sqrt(2 / Math.PI);
        double tanh = Math.Tanh(root * (x + (0.044715 * x * x * x)));
        return (0.5 * (1 + tanh)) + (0.5 * x * (1 - (tanh * tanh)) * root * (1 + (3 * 0.044715 * x * x)));
    }

    // Gelu(x) = x · Φ(x).
    private static double NormalShare(double x) => 0.5 * (1 + EdgeRuntime.Kernels.DeterministicMath.Erf((float)(x / Math.Sqrt(2))));
}
