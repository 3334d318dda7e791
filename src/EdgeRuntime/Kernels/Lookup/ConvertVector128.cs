using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Quantisation and dequantisation, sixteen channels at a time.</summary>
internal static unsafe class ConvertVector128
{
    public static void Quantize(in ConvertArgs args, int rowBegin, int rowEnd)
    {
        bool dense = IsDense(args);
        nint count = dense ? (nint)(rowEnd - rowBegin) * args.Channels : args.Channels;
        for (nint row = rowBegin; row < rowEnd; row += dense ? rowEnd - rowBegin : 1)
        {
            QuantizeRow(args, (float*)args.Input + (row * args.InputStride), (sbyte*)args.Output + (row * args.OutputStride), count);
        }
    }

    public static void Dequantize(in ConvertArgs args, int rowBegin, int rowEnd)
    {
        bool dense = IsDense(args);
        nint count = dense ? (nint)(rowEnd - rowBegin) * args.Channels : args.Channels;
        for (nint row = rowBegin; row < rowEnd; row += dense ? rowEnd - rowBegin : 1)
        {
            DequantizeRow(args, (sbyte*)args.Input + (row * args.InputStride), (float*)args.Output + (row * args.OutputStride), count);
        }
    }

    // Rows that follow each other without gaps are one long row, so that few channels fill the vectors too.
    private static bool IsDense(in ConvertArgs args) => args.InputStride == args.Channels && args.OutputStride == args.Channels;

    private static void QuantizeRow(in ConvertArgs args, float* input, sbyte* output, nint count)
    {
        Vector128<float> scale = Vector128.Create(args.Scale);
        Vector128<float> low = Vector128.Create((float)(sbyte.MinValue - args.ZeroPoint));
        Vector128<float> high = Vector128.Create((float)(sbyte.MaxValue - args.ZeroPoint));
        Vector128<int> zeroPoint = Vector128.Create(args.ZeroPoint);
        for (; count >= Int8Lanes.Width; count -= Int8Lanes.Width)
        {
            Int8Rounding.Narrow(
                Int8Rounding.Quantize(Level(input, scale), low, high, zeroPoint),
                Int8Rounding.Quantize(Level(input + 4, scale), low, high, zeroPoint),
                Int8Rounding.Quantize(Level(input + 8, scale), low, high, zeroPoint),
                Int8Rounding.Quantize(Level(input + 12, scale), low, high, zeroPoint)).Store(output);
            input += Int8Lanes.Width;
            output += Int8Lanes.Width;
        }

        ConvertReference.QuantizeRow(in args, input, output, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Level(float* input, Vector128<float> scale)
    {
        // NaN differs from itself; the mask turns it into 0.
        Vector128<float> value = Vector128.Load(input) / scale;
        return value & Vector128.Equals(value, value);
    }

    private static void DequantizeRow(in ConvertArgs args, sbyte* input, float* output, nint count)
    {
        Vector128<float> scale = Vector128.Create(args.Scale);
        Vector128<short> zeroPoint = Vector128.Create((short)args.ZeroPoint);
        for (; count >= Int8Lanes.Width; count -= Int8Lanes.Width)
        {
            (Vector128<short> x0, Vector128<short> x1) = Int8Lanes.Load(input);
            x0 -= zeroPoint;
            x1 -= zeroPoint;
            (Vector128.ConvertToSingle(Vector128.WidenLower(x0)) * scale).Store(output);
            (Vector128.ConvertToSingle(Vector128.WidenUpper(x0)) * scale).Store(output + 4);
            (Vector128.ConvertToSingle(Vector128.WidenLower(x1)) * scale).Store(output + 8);
            (Vector128.ConvertToSingle(Vector128.WidenUpper(x1)) * scale).Store(output + 12);
            input += Int8Lanes.Width;
            output += Int8Lanes.Width;
        }

        ConvertReference.DequantizeRow(in args, input, output, count);
    }
}
