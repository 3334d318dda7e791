namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Scalar colour conversion: the oracle.</summary>
internal static unsafe class YuvReference
{
    public static void Run(in YuvArgs args, int begin, int end)
    {
        for (nint x = begin; x < end; x++)
        {
            int luma = ((args.Y[x * args.LumaStep] - args.LumaZero) * args.Luma) + 32768;
            int u = args.U[(x >> 1) * args.ChromaStep] - 128;
            int v = args.V[(x >> 1) * args.ChromaStep] - 128;
            byte* pixel = args.Output + (x * 3);
            pixel[0] = Clamp(luma + (v * args.RedV));
            pixel[1] = Clamp(luma - (u * args.GreenU) - (v * args.GreenV));
            pixel[2] = Clamp(luma + (u * args.BlueU));
        }
    }

    private static byte Clamp(int sum) => (byte)Math.Clamp(sum >> 16, 0, 255);
}
