using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Images;

/// <summary>Factors of the conversion to R, G, B in 1/65536.</summary>
/// <remarks>
/// From the luma weights Kr and Kb of ITU-R BT.601 (0.299, 0.114) and BT.709 (0.2126, 0.0722): R = Y + 2(1 − Kr) V, B = Y + 2(1 − Kb) U,
/// G = Y − 2 Kb (1 − Kb) / Kg U − 2 Kr (1 − Kr) / Kg V. Limited range spreads luma over 219 and chroma over 224 steps.
/// </remarks>
internal static class YuvFactors
{
    private static readonly YuvArgs[] Table = [Make(0.299, 0.114, false), Make(0.299, 0.114, true), Make(0.2126, 0.0722, false), Make(0.2126, 0.0722, true)];

    /// <summary>Arguments with the factors filled in.</summary>
    public static YuvArgs Of(YuvCoding coding) => Table[(int)coding];

    private static YuvArgs Make(double red, double blue, bool full)
    {
        double green = 1 - red - blue;
        double chroma = full ? 65536 : 65536 * 255 / 224.0;
        return new YuvArgs
        {
            LumaZero = full ? 0 : 16,
            Luma = Round(full ? 65536 : 65536 * 255 / 219.0),
            RedV = Round(2 * (1 - red) * chroma),
            GreenU = Round(2 * blue * (1 - blue) / green * chroma),
            GreenV = Round(2 * red * (1 - red) / green * chroma),
            BlueU = Round(2 * (1 - blue) * chroma),
        };
    }

    private static int Round(double factor) => (int)Math.Round(factor);
}
