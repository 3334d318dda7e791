namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>Scalar elementwise operations on two maps: the oracle.</summary>
internal static unsafe class BinaryReference
{
    public static void RunS8(in BinaryArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* a = args.A + ((args.TableA == null ? row : args.TableA[row]) * args.StrideA);
            sbyte* b = args.B + ((args.TableB == null ? row : args.TableB[row]) * args.StrideB);
            RowS8(in args, a, b, args.Output + (row * args.OutputStride), args.Channels);
        }
    }

    public static void RunF32(in BinaryArgs<float> args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* a = args.A + ((args.TableA == null ? row : args.TableA[row]) * args.StrideA);
            float* b = args.B + ((args.TableB == null ? row : args.TableB[row]) * args.StrideB);
            RowF32(in args, a, b, args.Output + (row * args.OutputStride), args.Channels);
        }
    }

    /// <summary>One run of int8 elements; the vector variants finish their rows with it.</summary>
    public static void RowS8(in BinaryArgs<sbyte> args, sbyte* a, sbyte* b, sbyte* output, nint count)
    {
        float low = args.OutputMin - args.OutputZeroPoint;
        float high = args.OutputMax - args.OutputZeroPoint;
        float scaleB = args.Function == BinaryFunction.Subtract ? -args.ScaleB : args.ScaleB;
        for (nint i = 0; i < count; i++)
        {
            int left = a[i] - args.ZeroPointA;
            int right = b[i] - args.ZeroPointB;
            float value = args.Function == BinaryFunction.Multiply
                ? left * right * args.ScaleA
                : (left * args.ScaleA) + (right * scaleB);
            output[i] = Int8Rounding.Quantize(value, low, high, args.OutputZeroPoint);
        }
    }

    /// <summary>One run of fp32 elements; the vector variants finish their rows with it.</summary>
    public static void RowF32(in BinaryArgs<float> args, float* a, float* b, float* output, nint count)
    {
        for (nint i = 0; i < count; i++)
        {
            float value = args.Function switch
            {
                BinaryFunction.Add => a[i] + b[i],
                BinaryFunction.Subtract => a[i] - b[i],
                BinaryFunction.Multiply => a[i] * b[i],
                BinaryFunction.Divide => a[i] / b[i],
                BinaryFunction.Minimum => MathF.Min(a[i], b[i]),
                BinaryFunction.Maximum => MathF.Max(a[i], b[i]),
                _ => DeterministicMath.Pow(a[i], b[i]),
            };
            output[i] = Int8Rounding.Clamp(value, args.OutputMin, args.OutputMax);
        }
    }
}
