using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>int8 addition, subtraction and multiplication, sixteen channels at a time.</summary>
internal static unsafe class BinaryS8Vector128
{
    public static void Run(in BinaryArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        // One compiled loop per kind: a test inside would cost as much as the arithmetic.
        if (args.Function == BinaryFunction.Multiply)
        {
            Rows<Product>(args, rowBegin, rowEnd);
        }
        else
        {
            Rows<Sum>(args, rowBegin, rowEnd);
        }
    }

    private static void Rows<TFunction>(in BinaryArgs<sbyte> args, int rowBegin, int rowEnd)
        where TFunction : struct, IFunction
    {
        nint channels = args.Channels;
        bool dense = args.TableA == null && args.TableB == null && args.StrideA == channels && args.StrideB == channels && args.OutputStride == channels;
        if (dense)
        {
            // Rows that follow each other without gaps are one long row, so that few channels fill the vectors too.
            nint first = rowBegin * channels;
            Row<TFunction>(args, args.A + first, args.B + first, args.Output + first, (rowEnd - rowBegin) * channels);
            return;
        }

        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* a = args.A + ((args.TableA == null ? row : args.TableA[row]) * args.StrideA);
            sbyte* b = args.B + ((args.TableB == null ? row : args.TableB[row]) * args.StrideB);
            Row<TFunction>(args, a, b, args.Output + (row * args.OutputStride), channels);
        }
    }

    private static void Row<TFunction>(in BinaryArgs<sbyte> args, sbyte* a, sbyte* b, sbyte* output, nint count)
        where TFunction : struct, IFunction
    {
        Vector128<float> low = Vector128.Create(args.OutputMin - args.OutputZeroPoint);
        Vector128<float> high = Vector128.Create(args.OutputMax - args.OutputZeroPoint);
        Vector128<int> zeroPoint = Vector128.Create(args.OutputZeroPoint);
        Vector128<float> scaleA = Vector128.Create(args.ScaleA);
        Vector128<float> scaleB = Vector128.Create(args.Function == BinaryFunction.Subtract ? -args.ScaleB : args.ScaleB);
        Vector128<short> zeroA = Vector128.Create((short)args.ZeroPointA);
        Vector128<short> zeroB = Vector128.Create((short)args.ZeroPointB);
        for (; count > 0; count -= Int8Lanes.Width)
        {
            (Vector128<short> a0, Vector128<short> a1) = Int8Lanes.Load(a);
            (Vector128<short> b0, Vector128<short> b1) = Int8Lanes.Load(b);
            a0 -= zeroA;
            a1 -= zeroA;
            b0 -= zeroB;
            b1 -= zeroB;
            Vector128<float> y0 = TFunction.Apply(Vector128.WidenLower(a0), Vector128.WidenLower(b0), scaleA, scaleB);
            Vector128<float> y1 = TFunction.Apply(Vector128.WidenUpper(a0), Vector128.WidenUpper(b0), scaleA, scaleB);
            Vector128<float> y2 = TFunction.Apply(Vector128.WidenLower(a1), Vector128.WidenLower(b1), scaleA, scaleB);
            Vector128<float> y3 = TFunction.Apply(Vector128.WidenUpper(a1), Vector128.WidenUpper(b1), scaleA, scaleB);
            Vector128<sbyte> y = Int8Rounding.Narrow(
                Int8Rounding.Quantize(y0, low, high, zeroPoint),
                Int8Rounding.Quantize(y1, low, high, zeroPoint),
                Int8Rounding.Quantize(y2, low, high, zeroPoint),
                Int8Rounding.Quantize(y3, low, high, zeroPoint));
            Int8Lanes.Store(y, output, count);
            a += Int8Lanes.Width;
            b += Int8Lanes.Width;
            output += Int8Lanes.Width;
        }
    }

    private interface IFunction
    {
        static abstract Vector128<float> Apply(Vector128<int> a, Vector128<int> b, Vector128<float> scaleA, Vector128<float> scaleB);
    }

    private readonly struct Sum : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Apply(Vector128<int> a, Vector128<int> b, Vector128<float> scaleA, Vector128<float> scaleB)
            => (Vector128.ConvertToSingle(a) * scaleA) + (Vector128.ConvertToSingle(b) * scaleB);
    }

    private readonly struct Product : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<float> Apply(Vector128<int> a, Vector128<int> b, Vector128<float> scaleA, Vector128<float> scaleB)
            => Vector128.ConvertToSingle(a * b) * scaleA;
    }
}
