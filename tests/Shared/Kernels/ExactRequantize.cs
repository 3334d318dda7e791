namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>Requantisation from its definition, in integers and doubles that hold every intermediate exactly.</summary>
public static class ExactRequantize
{
    /// <summary>Wraps the sum to int32, rounds it to float, multiplies with one rounding, clamps, rounds half to even, adds the zero point.</summary>
    public static int Apply(long sum, float scale, int zeroPoint, float min, float max)
    {
        long wrapped = ((sum + 0x8000_0000L) & 0xFFFF_FFFFL) - 0x8000_0000L;

        // 24-bit × 24-bit significands fit a double, so the only rounding is the cast.
        double product = (float)((double)(float)wrapped * scale);
        double clamped = Math.Clamp(product, (double)min - zeroPoint, (double)max - zeroPoint);
        double floor = Math.Floor(clamped);
        double rest = clamped - floor;
        bool up = rest > 0.5 || (rest == 0.5 && (long)floor % 2 != 0);
        return (int)floor + (up ? 1 : 0) + zeroPoint;
    }
}
