namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Scalar table lookup: the oracle.</summary>
internal static unsafe class LookupReference
{
    public static void Run(in LookupArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* input = args.Input + (row * args.InputStride);
            sbyte* output = args.Output + (row * args.OutputStride);
            for (int channel = 0; channel < args.Channels; channel++)
            {
                sbyte* lut = args.Lut + (args.PerChannel ? channel * 256 : 0);
                output[channel] = lut[input[channel] + 128];
            }
        }
    }
}
