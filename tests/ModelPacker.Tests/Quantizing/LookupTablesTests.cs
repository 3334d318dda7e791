using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;
using ModelPacker.Quantizing;

namespace ModelPacker.Tests.Quantizing;

public class LookupTablesTests
{
    private static readonly Quantization Input = new(0.05f, 10);
    private static readonly Quantization Output = new(0.01f, -20);

    [Theory]
    [InlineData(UnaryFunction.Relu, 0, 0)]
    [InlineData(UnaryFunction.LeakyRelu, 0.1, 0)]
    [InlineData(UnaryFunction.Sigmoid, 0, 0)]
    [InlineData(UnaryFunction.Tanh, 0, 0)]
    [InlineData(UnaryFunction.Linear, -0.3, 0.2)]
    public void EveryEntryIsTheRoundedFunction(UnaryFunction function, float alpha, float beta)
    {
        sbyte[] table = LookupTables.Of(function, alpha, beta, Input, Output);
        for (int q = -128; q < 128; q++)
        {
            double x = (q - Input.ZeroPoint) * (double)Input.Scale;
            double y = function switch
            {
                UnaryFunction.Relu => Math.Max(x, 0),
                UnaryFunction.LeakyRelu => x >= 0 ? x : alpha * x,
                UnaryFunction.Sigmoid => 1 / (1 + Math.Exp(-x)),
                UnaryFunction.Tanh => Math.Tanh(x),
                _ => (alpha * x) + beta,
            };
            double exact = Math.Clamp((y / Output.Scale) + Output.ZeroPoint, -128, 127);
            Assert.InRange(table[q + 128], exact - 0.502, exact + 0.502);
        }
    }

    [Fact]
    public void SameQuantisationChangesNothing()
        => Assert.Equal(Enumerable.Range(-128, 256), LookupTables.Requantize(Input, Input).Select(v => (int)v));

    [Theory]
    [InlineData(0f, -20)]
    [InlineData(1e9f, 127)]
    [InlineData(-1e9f, -128)]
    [InlineData(float.NaN, -20)]
    [InlineData(0.025f, -18)]
    [InlineData(0.035f, -16)]
    public void ValuesAreRoundedToEvenAndSaturated(float value, int expected)
    {
        // Scales that are powers of two make ties exact.
        Quantization q = value is 0.025f or 0.035f ? new Quantization(1, -20) : Output;
        float x = value switch
        {
            0.025f => 2.5f,
            0.035f => 3.5f,
            _ => value,
        };
        Assert.Equal(expected, LookupTables.Quantize(x, q));
    }
}
