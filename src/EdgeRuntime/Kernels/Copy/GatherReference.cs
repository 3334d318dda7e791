namespace EdgeRuntime.Kernels.Copy;

/// <summary>Byte-wise gather: the oracle.</summary>
internal static unsafe class GatherReference
{
    public static void Run(in GatherArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            byte* output = args.Output + (row * args.OutputStrideBytes);
            if (args.Table == null)
            {
                Copy(args.Input + (row * args.InputStrideBytes), output, (nint)args.Taps * args.WidthBytes);
                continue;
            }

            for (nint tap = 0; tap < args.Taps; tap++)
            {
                nint piece = args.Table[(row * args.Taps) + tap];
                Copy(piece < 0 ? args.PaddingRow : args.Input + (piece * args.WidthBytes), output + (tap * args.WidthBytes), args.WidthBytes);
            }
        }
    }

    private static void Copy(byte* source, byte* destination, nint count)
    {
        for (nint i = 0; i < count; i++)
        {
            destination[i] = source[i];
        }
    }
}
