using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>fp32 functions of one map, vectors of channels. The functions that need a logarithm or the error function are left to the reference.</summary>
internal static unsafe class UnaryVector<T, TDouble>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    public static void Run(in UnaryArgs args, int rowBegin, int rowEnd)
    {
        switch (args.Function)
        {
            case UnaryFunction.Relu:
                Rows<Relu<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Clip:
                Rows<Clip<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.LeakyRelu:
                Rows<LeakyRelu<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Sigmoid:
                Rows<Sigmoid<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.HardSigmoid:
                Rows<HardSigmoid<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.HardSwish:
                Rows<HardSwish<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Tanh:
                Rows<Tanh<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Elu:
                Rows<Elu<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Exp:
                Rows<Exp<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Sqrt:
                Rows<Sqrt<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Negate:
                Rows<Negate<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Abs:
                Rows<Abs<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Selu:
                Rows<Selu<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Mish:
                Rows<Mish<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Swish:
                Rows<Swish<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Linear:
                Rows<Linear<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Reciprocal:
                Rows<Reciprocal<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.ThresholdedRelu:
                Rows<ThresholdedRelu<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Floor:
                Rows<Floor<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Ceiling:
                Rows<Ceiling<T>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.GeluTanh:
                Rows<GeluTanh<T, TDouble>>(args, rowBegin, rowEnd);
                break;
            case UnaryFunction.Softsign:
                Rows<Softsign<T>>(args, rowBegin, rowEnd);
                break;
            default:
                UnaryReference.Run(in args, rowBegin, rowEnd);
                break;
        }
    }

    private static void Rows<TFunction>(in UnaryArgs args, int rowBegin, int rowEnd)
        where TFunction : struct, IUnaryLanes<T>
    {
        nint channels = args.Channels;
        if (args.InputStride == channels && args.OutputStride == channels && args.AlphaPerChannel == null)
        {
            // Rows that follow each other without gaps are one long row, so that few channels fill the vectors too.
            nint first = rowBegin * channels;
            Row<TFunction>(args, args.Input + first, args.Output + first, (rowEnd - rowBegin) * channels);
            return;
        }

        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            float* output = args.Output + (row * args.OutputStride);
            if (args.AlphaPerChannel == null)
            {
                Row<TFunction>(args, input, output, channels);
            }
            else
            {
                RowOfAlphas<TFunction>(args, input, output, channels);
            }
        }
    }

    private static void Row<TFunction>(in UnaryArgs args, float* input, float* output, nint count)
        where TFunction : struct, IUnaryLanes<T>
    {
        T alpha = T.Create(args.Alpha);
        T beta = T.Create(args.Beta);
        for (; count > 0; count -= T.Width)
        {
            Vectors.Store(TFunction.Apply(T.Load(input), alpha, beta), output, count);
            input += T.Width;
            output += T.Width;
        }
    }

    private static void RowOfAlphas<TFunction>(in UnaryArgs args, float* input, float* output, nint count)
        where TFunction : struct, IUnaryLanes<T>
    {
        float* alpha = args.AlphaPerChannel;
        T beta = T.Create(args.Beta);
        for (; count > 0; count -= T.Width)
        {
            Vectors.Store(TFunction.Apply(T.Load(input), T.Load(alpha), beta), output, count);
            input += T.Width;
            output += T.Width;
            alpha += T.Width;
        }
    }
}
