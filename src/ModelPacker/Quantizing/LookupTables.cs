using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Quantizing;

/// <summary>256-entry tables for functions of one int8 value.</summary>
internal static unsafe class LookupTables
{
    /// <summary>Table of a function, computed with the runtime's own fp32 kernel.</summary>
    /// <param name="function">Function.</param>
    /// <param name="alpha">α.</param>
    /// <param name="beta">β.</param>
    /// <param name="input">Quantisation of the input.</param>
    /// <param name="output">Quantisation of the output.</param>
    public static sbyte[] Of(UnaryFunction function, float alpha, float beta, Quantization input, Quantization output)
    {
        float[] x = new float[256];
        float[] y = new float[256];
        for (int i = 0; i < 256; i++)
        {
            x[i] = (i - 128 - input.ZeroPoint) * input.Scale;
        }

        fixed (float* from = x, to = y)
        {
            UnaryArgs args = new()
            {
                Input = from,
                InputStride = 256,
                Channels = 256,
                Function = function,
                Alpha = alpha,
                Beta = beta,
                Output = to,
                OutputStride = 256,
            };
            UnaryKernels.All[^1].Run(in args, 0, 1);
        }

        return Array.ConvertAll(y, v => Quantize(v, output));
    }

    /// <summary>Table that only changes scale and zero point.</summary>
    public static sbyte[] Requantize(Quantization input, Quantization output) => Of(UnaryFunction.Linear, 1, 0, input, output);

    /// <summary>Nearest int8 value.</summary>
    public static sbyte Quantize(float value, Quantization q)
    {
        float y = value / q.Scale;
        return float.IsNaN(y) ? (sbyte)q.ZeroPoint
            : (sbyte)(MathF.Round(Math.Clamp(y, -128f - q.ZeroPoint, 127f - q.ZeroPoint), MidpointRounding.ToEven) + q.ZeroPoint);
    }
}
