using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Softmax;

/// <summary>Softmax, vectors of channels. Short rows without gaps share their vectors while the exponentials are computed.</summary>
internal static unsafe class SoftmaxVector<T, TDouble>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    private const int Block = 512;

    public static void Run(in SoftmaxArgs args, int rowBegin, int rowEnd)
    {
        float* lanes = stackalloc float[SoftmaxReference.Partials];
        float* powers = stackalloc float[Block];
        nint channels = args.Channels;
        int together = args.OutputStride == channels && !args.Logarithm ? Math.Max(1, Block / args.Channels) : 1;
        for (int row = rowBegin; row < rowEnd; row += together)
        {
            int rows = Math.Min(together, rowEnd - row);
            float* output = args.Output + (row * args.OutputStride);
            for (int i = 0; i < rows; i++)
            {
                Shift(args.Input + ((row + i) * args.InputStride), output + (i * channels), channels, lanes);
            }

            if (args.Logarithm)
            {
                SubtractLogarithm(output, channels, lanes, powers);
                continue;
            }

            Exp(output, output, rows * channels);
            for (int i = 0; i < rows; i++)
            {
                Divide(output + (i * channels), channels, lanes);
            }
        }
    }

    private static void Shift(float* input, float* output, nint channels, float* lanes)
    {
        float largest = float.NegativeInfinity;
        nint i = 0;
        if (channels >= T.Width)
        {
            T found = T.Create(largest);
            for (; i + T.Width <= channels; i += T.Width)
            {
                found = T.Greater(T.Load(input + i), found);
            }

            found.Store(lanes);
            for (int lane = 0; lane < T.Width; lane++)
            {
                largest = lanes[lane] > largest ? lanes[lane] : largest;
            }
        }

        for (; i < channels; i++)
        {
            largest = input[i] > largest ? input[i] : largest;
        }

        largest = SoftmaxReference.PlusZero(largest);
        T shift = T.Create(largest);
        i = 0;
        for (; i + T.Width <= channels; i += T.Width)
        {
            (T.Load(input + i) - shift).Store(output + i);
        }

        for (; i < channels; i++)
        {
            output[i] = input[i] - largest;
        }
    }

    private static void Exp(float* input, float* output, nint count)
    {
        nint i = 0;
        for (; i + T.Width <= count; i += T.Width)
        {
            VectorMath<T, TDouble>.Exp(T.Load(input + i)).Store(output + i);
        }

        for (; i < count; i++)
        {
            output[i] = DeterministicMath.Exp(input[i]);
        }
    }

    private static void AddTo(float* lanes, float* values, nint count)
    {
        nint whole = count - (count % SoftmaxReference.Partials);
        for (nint lane = 0; lane < SoftmaxReference.Partials && whole != 0; lane += T.Width)
        {
            T sum = T.Load(lanes + lane);
            for (nint i = lane; i < whole; i += SoftmaxReference.Partials)
            {
                sum += T.Load(values + i);
            }

            sum.Store(lanes + lane);
        }

        for (nint i = whole; i < count; i++)
        {
            lanes[i - whole] += values[i];
        }
    }

    private static void Divide(float* output, nint channels, float* lanes)
    {
        SoftmaxReference.Clear(lanes);
        AddTo(lanes, output, channels);
        float sum = SoftmaxReference.Total(lanes);
        T divisor = T.Create(sum);
        nint i = 0;
        for (; i + T.Width <= channels; i += T.Width)
        {
            (T.Load(output + i) / divisor).Store(output + i);
        }

        for (; i < channels; i++)
        {
            output[i] /= sum;
        }
    }

    private static void SubtractLogarithm(float* output, nint channels, float* lanes, float* powers)
    {
        SoftmaxReference.Clear(lanes);
        for (nint first = 0; first < channels; first += Block)
        {
            nint count = Math.Min(Block, channels - first);
            Exp(output + first, powers, count);
            AddTo(lanes, powers, count);
        }

        float logarithm = DeterministicMath.Log(SoftmaxReference.Total(lanes));
        T shift = T.Create(logarithm);
        nint i = 0;
        for (; i + T.Width <= channels; i += T.Width)
        {
            (T.Load(output + i) - shift).Store(output + i);
        }

        for (; i < channels; i++)
        {
            output[i] -= logarithm;
        }
    }
}
