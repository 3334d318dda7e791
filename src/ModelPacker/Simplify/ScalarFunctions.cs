using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Elementwise functions for constants, computed in double and rounded once.</summary>
internal static class ScalarFunctions
{
    /// <summary>The function, or null where it is left to run time.</summary>
    public static Func<float, float>? Unary(Unary op)
    {
        double a = op.Alpha;
        double b = op.Beta;
        Func<double, double>? f = op.Function switch
        {
            UnaryFunction.Relu => x => Math.Max(x, 0),
            UnaryFunction.Clip => x => Math.Min(Math.Max(x, a), b),
            UnaryFunction.LeakyRelu => x => x >= 0 ? x : a * x,
            UnaryFunction.Sigmoid => x => 1 / (1 + Math.Exp(-x)),
            UnaryFunction.Tanh => Math.Tanh,
            UnaryFunction.Exp => Math.Exp,
            UnaryFunction.Log => Math.Log,
            UnaryFunction.Sqrt => Math.Sqrt,
            UnaryFunction.Negate => x => -x,
            UnaryFunction.Abs => Math.Abs,
            UnaryFunction.Linear => x => (a * x) + b,
            UnaryFunction.Reciprocal => x => 1 / x,
            UnaryFunction.Floor => Math.Floor,
            UnaryFunction.Ceiling => Math.Ceiling,
            _ => null,
        };
        return f is null ? null : x => (float)f(x);
    }

    /// <summary>The function of two values.</summary>
    public static Func<float, float, float> Binary(BinaryFunction function) => function switch
    {
        BinaryFunction.Add => (a, b) => a + b,
        BinaryFunction.Subtract => (a, b) => a - b,
        BinaryFunction.Multiply => (a, b) => a * b,
        BinaryFunction.Divide => (a, b) => a / b,
        BinaryFunction.Minimum => Math.Min,
        BinaryFunction.Maximum => Math.Max,
        _ => (a, b) => (float)Math.Pow(a, b),
    };
}
