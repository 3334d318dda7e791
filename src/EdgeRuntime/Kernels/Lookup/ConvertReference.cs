namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Scalar quantisation and dequantisation: the oracle.</summary>
internal static unsafe class ConvertReference
{
    public static void Quantize(in ConvertArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = (float*)args.Input + (row * args.InputStride);
            QuantizeRow(in args, input, (sbyte*)args.Output + (row * args.OutputStride), args.Channels);
        }
    }

    public static void Dequantize(in ConvertArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* input = (sbyte*)args.Input + (row * args.InputStride);
            DequantizeRow(in args, input, (float*)args.Output + (row * args.OutputStride), args.Channels);
        }
    }

    /// <summary>One run of elements; the vector variants finish their rows with it.</summary>
    public static void QuantizeRow(in ConvertArgs args, float* input, sbyte* output, nint count)
    {
        float low = sbyte.MinValue - args.ZeroPoint;
        float high = sbyte.MaxValue - args.ZeroPoint;
        for (nint i = 0; i < count; i++)
        {
            float value = input[i] / args.Scale;
            output[i] = Int8Rounding.Quantize(float.IsNaN(value) ? 0 : value, low, high, args.ZeroPoint);
        }
    }

    /// <summary>One run of elements; the vector variants finish their rows with it.</summary>
    public static void DequantizeRow(in ConvertArgs args, sbyte* input, float* output, nint count)
    {
        for (nint i = 0; i < count; i++)
        {
            output[i] = (input[i] - args.ZeroPoint) * args.Scale;
        }
    }
}
