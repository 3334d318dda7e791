using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>fp32 depthwise convolution, vectors of channels through all taps. The addresses of a row's taps are worked out once.</summary>
internal static unsafe class DepthwiseF32Vector<T>
    where T : struct, IFloatLanes<T>
{
    private const int MaxTaps = 1024;

    public static void Run(in DepthwiseArgs<float> args, int rowBegin, int rowEnd)
    {
        if (args.Taps > MaxTaps)
        {
            DepthwiseF32Reference.Run(in args, rowBegin, rowEnd);
            return;
        }

        float** sources = stackalloc float*[args.Taps];
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            Resolve(args, row, sources);
            Row(args, sources, args.Output + (row * args.OutputStride));
        }
    }

    private static void Resolve(in DepthwiseArgs<float> args, nint row, float** sources)
    {
        if (args.Table == null)
        {
            *sources = args.Input + (row * args.InputStride);
            return;
        }

        int* table = args.Table + (row * args.Taps);
        for (int tap = 0; tap < args.Taps; tap++)
        {
            sources[tap] = table[tap] < 0 ? args.PaddingRow : args.Input + (table[tap] * args.InputStride);
        }
    }

    private static void Row(in DepthwiseArgs<float> args, float** sources, float* output)
    {
        float** end = sources + args.Taps;
        float* bias = (float*)args.Bias;
        nint stride = args.WeightStride;
        nint channels = args.Channels;
        T low = T.Create(args.OutputMin);
        T high = T.Create(args.OutputMax);
        nint channel = 0;
        for (; channel + (4 * T.Width) <= channels; channel += 4 * T.Width)
        {
            float* w = args.Weights + channel;
            float* start = bias + channel;
            T a = T.Load(start);
            T b = T.Load(start + T.Width);
            T c = T.Load(start + (2 * T.Width));
            T d = T.Load(start + (3 * T.Width));
            float** tap = sources;
            do
            {
                float* x = *tap + channel;
                a.AddProduct(T.Load(w), T.Load(x));
                b.AddProduct(T.Load(w + T.Width), T.Load(x + T.Width));
                c.AddProduct(T.Load(w + (2 * T.Width)), T.Load(x + (2 * T.Width)));
                d.AddProduct(T.Load(w + (3 * T.Width)), T.Load(x + (3 * T.Width)));
                w += stride;
            }
            while (++tap != end);

            float* y = output + channel;
            Vectors.Clamp(a, low, high).Store(y);
            Vectors.Clamp(b, low, high).Store(y + T.Width);
            Vectors.Clamp(c, low, high).Store(y + (2 * T.Width));
            Vectors.Clamp(d, low, high).Store(y + (3 * T.Width));
        }

        for (; channel < channels; channel += T.Width)
        {
            float* w = args.Weights + channel;
            T sum = T.Load(bias + channel);
            float** tap = sources;
            do
            {
                sum.AddProduct(T.Load(w), T.Load(*tap + channel));
                w += stride;
            }
            while (++tap != end);

            Vectors.Store(Vectors.Clamp(sum, low, high), output + channel, channels - channel);
        }
    }
}
