using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Tests;

/// <summary>Elementwise functions in double precision.</summary>
internal static class ScalarOracle
{
    public static double Apply(UnaryFunction f, double x, double a, double b) => f switch
    {
        UnaryFunction.Relu => Math.Max(x, 0),
        UnaryFunction.Clip => Math.Min(Math.Max(x, a), b),
        UnaryFunction.LeakyRelu => x >= 0 ? x : a * x,
        UnaryFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
        UnaryFunction.HardSigmoid => Math.Min(Math.Max((a * x) + b, 0), 1),
        UnaryFunction.HardSwish => x * Math.Min(Math.Max((x / 6) + 0.5, 0), 1),
        UnaryFunction.Tanh => Math.Tanh(x),
        UnaryFunction.Elu => x >= 0 ? x : a * (Math.Exp(x) - 1),
        UnaryFunction.Exp => Math.Exp(x),
        UnaryFunction.Log => Math.Log(x),
        UnaryFunction.Sqrt => Math.Sqrt(x),
        UnaryFunction.Negate => -x,
        UnaryFunction.Abs => Math.Abs(x),
        UnaryFunction.Softplus => Softplus(x),
        UnaryFunction.Erf => Erf(x),
        UnaryFunction.Selu => x > 0 ? b * x : b * a * (Math.Exp(x) - 1),
        UnaryFunction.Mish => x * Math.Tanh(Softplus(x)),
        UnaryFunction.Swish => x / (1 + Math.Exp(-x)),
        UnaryFunction.Gelu => x / 2 * (1 + Erf(x / Math.Sqrt(2))),
        UnaryFunction.Linear => (a * x) + b,
        UnaryFunction.Reciprocal => 1 / x,
        UnaryFunction.ThresholdedRelu => x > a ? x : 0,
        UnaryFunction.Floor => Math.Floor(x),
        UnaryFunction.Ceiling => Math.Ceiling(x),
        UnaryFunction.GeluTanh => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        UnaryFunction.Softsign => x / (1 + Math.Abs(x)),
        _ => throw new NotSupportedException(f.ToString()),
    };

    public static float Apply(BinaryFunction f, float a, float b) => f switch
    {
        BinaryFunction.Add => a + b,
        BinaryFunction.Subtract => a - b,
        BinaryFunction.Multiply => a * b,
        BinaryFunction.Divide => a / b,
        BinaryFunction.Minimum => MathF.Min(a, b),
        BinaryFunction.Maximum => MathF.Max(a, b),
        BinaryFunction.Power => (float)Math.Pow(a, b),
        _ => throw new NotSupportedException(f.ToString()),
    };

    private static double Softplus(double x) => x > 30 ? x : Math.Log(1 + Math.Exp(x));

    /// <summary>Series for small arguments, continued fraction for the rest.</summary>
    private static double Erf(double x)
    {
        double z = Math.Abs(x);
        if (z > 6)
        {
            return Math.Sign(x);
        }

        if (z < 2.5)
        {
            double term = x;
            double sum = x;
            for (int n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        double fraction = 0;
        for (int k = 60; k > 0; k--)
        {
            fraction = k / 2.0 / (z + fraction);
        }

        return Math.Sign(x) * (1 - (Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction)));
    }
}
