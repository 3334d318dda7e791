using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>fp32 operations on two maps, vectors of channels. Powers are left to the reference.</summary>
internal static unsafe class BinaryF32Vector<T>
    where T : struct, IFloatLanes<T>
{
    public static void Run(in BinaryArgs<float> args, int rowBegin, int rowEnd)
    {
        // One compiled loop per operation: a test inside would cost as much as the arithmetic.
        switch (args.Function)
        {
            case BinaryFunction.Add:
                Rows<Sum>(args, rowBegin, rowEnd);
                break;
            case BinaryFunction.Subtract:
                Rows<Difference>(args, rowBegin, rowEnd);
                break;
            case BinaryFunction.Multiply:
                Rows<Product>(args, rowBegin, rowEnd);
                break;
            case BinaryFunction.Divide:
                Rows<Quotient>(args, rowBegin, rowEnd);
                break;
            case BinaryFunction.Minimum:
                Rows<Smaller>(args, rowBegin, rowEnd);
                break;
            case BinaryFunction.Maximum:
                Rows<Larger>(args, rowBegin, rowEnd);
                break;
            default:
                BinaryReference.RunF32(in args, rowBegin, rowEnd);
                break;
        }
    }

    private static void Rows<TFunction>(in BinaryArgs<float> args, int rowBegin, int rowEnd)
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
            float* a = args.A + ((args.TableA == null ? row : args.TableA[row]) * args.StrideA);
            float* b = args.B + ((args.TableB == null ? row : args.TableB[row]) * args.StrideB);
            Row<TFunction>(args, a, b, args.Output + (row * args.OutputStride), channels);
        }
    }

    private static void Row<TFunction>(in BinaryArgs<float> args, float* a, float* b, float* output, nint count)
        where TFunction : struct, IFunction
    {
        T low = T.Create(args.OutputMin);
        T high = T.Create(args.OutputMax);
        for (; count >= 2 * T.Width; count -= 2 * T.Width)
        {
            T y0 = TFunction.Apply(T.Load(a), T.Load(b));
            T y1 = TFunction.Apply(T.Load(a + T.Width), T.Load(b + T.Width));
            Vectors.Clamp(y0, low, high).Store(output);
            Vectors.Clamp(y1, low, high).Store(output + T.Width);
            a += 2 * T.Width;
            b += 2 * T.Width;
            output += 2 * T.Width;
        }

        for (; count > 0; count -= T.Width)
        {
            Vectors.Store(Vectors.Clamp(TFunction.Apply(T.Load(a), T.Load(b)), low, high), output, count);
            a += T.Width;
            b += T.Width;
            output += T.Width;
        }
    }

    private interface IFunction
    {
        static abstract T Apply(T a, T b);
    }

    private readonly struct Sum : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => a + b;
    }

    private readonly struct Difference : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => a - b;
    }

    private readonly struct Product : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => a * b;
    }

    private readonly struct Quotient : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => a / b;
    }

    private readonly struct Smaller : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => T.Minimum(a, b);
    }

    private readonly struct Larger : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T a, T b) => T.Maximum(a, b);
    }
}
