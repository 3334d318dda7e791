namespace EdgeRuntime.Kernels;

/// <summary>Elementary functions made of IEEE basic operations only, so that every CPU gives the same bits.</summary>
/// <remarks>
/// The work is done in double with separate multiplications and additions (never fused, never reordered) and rounded to float
/// once, which keeps the error well below one unit in the last place.
/// </remarks>
public static class DeterministicMath
{
    /// <summary>Adding this to a small double rounds it to an integer, which then sits in the low bits.</summary>
    internal const double RoundingMagic = 6755399441055744.0;

    /// <summary>Exponents beyond this give 0 or infinity in float, even times any float; the limit keeps 2^k a normal double.</summary>
    internal const double ExponentLimit = 700;

    /// <summary>log2(e).</summary>
    internal const double Log2E = 1.4426950408889634;

    /// <summary>Upper part of ln 2; its product with a small integer is exact.</summary>
    internal const double Ln2High = 0.693147180369123816490;

    /// <summary>Lower part of ln 2.</summary>
    internal const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>2·√(2/π), of the tanh approximation of Gelu.</summary>
    internal const double GeluSlope = 1.5957691216057308;

    /// <summary>Factor of x³ in the tanh approximation of Gelu.</summary>
    internal const double GeluCubic = 0.044715;

    private const double SqrtHalf = 0.70710678118654752;

    // erf(x) / x as a series in x², enough for |x| ≤ 1.
    private static ReadOnlySpan<double> ErfSeries =>
    [
        1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.005223977625442188,
        -0.0008548327023450852, 0.00012055332981789664, -1.492565035840625E-05, 1.6462114365889246E-06, -1.6365844691234924E-07,
        1.4807192815879218E-08, -1.2290555301717926E-09, 9.422759064650411E-11, -6.7113668551641105E-12,
    ];

    // exp(x²)·erfc(x) for 1 ≤ x ≤ 14, a Chebyshev interpolation in the position of 1 / (1 + x/2) within [1/8, 2/3].
    private static ReadOnlySpan<double> ScaledErfcSeries =>
    [
        0.17618281049660728, 0.18231428782588102, 0.05688187773049393, 0.011609024613744289, 0.0008758543843784698,
        -0.00023820412353985591, -5.2760883072267006E-05, 8.593045343470072E-06, 2.7554068380730714E-06, -5.739092322790227E-07,
        -1.3953635171759516E-07, 4.9751561337276645E-08, 4.711100605921577E-09, -3.450979652933119E-09, 9.302141279476928E-11,
    ];

    /// <summary>e^x.</summary>
    public static float Exp(float x) => (float)ExpDouble(x);

    /// <summary>e^x − 1, exact to the last place near 0 too.</summary>
    public static float ExpMinusOne(float x) => (float)ExpMinusOneDouble(x);

    /// <summary>Natural logarithm: −∞ at 0, NaN below.</summary>
    public static float Log(float x)
    {
        if (!(x > 0) || float.IsPositiveInfinity(x))
        {
            return x == 0 ? float.NegativeInfinity : x < 0 ? float.NaN : x;
        }

        return (float)LogDouble(x);
    }

    /// <summary>x to the power y, with the special cases of IEEE 754 pow.</summary>
    public static float Pow(float x, float y)
    {
        if (y == 0 || x == 1)
        {
            return 1;
        }

        if (float.IsNaN(x) || float.IsNaN(y))
        {
            return float.NaN;
        }

        float magnitude = MathF.Abs(x);
        if (float.IsInfinity(y))
        {
            return magnitude == 1 ? 1 : magnitude > 1 == y > 0 ? float.PositiveInfinity : 0;
        }

        bool integer = MathF.Floor(y) == y;
        bool odd = integer && MathF.Floor(y * 0.5f) != y * 0.5f;
        bool negate = odd && float.IsNegative(x);
        if (magnitude == 0 || float.IsInfinity(magnitude))
        {
            float limit = magnitude == 0 == y > 0 ? 0 : float.PositiveInfinity;
            return negate ? -limit : limit;
        }

        if (x < 0 && !integer)
        {
            return float.NaN;
        }

        float power = (float)ExpDouble(y * LogDouble(magnitude));
        return negate ? -power : power;
    }

    /// <summary>Hyperbolic tangent.</summary>
    public static float Tanh(float x) => (float)TanhDouble(x);

    /// <summary>1 / (1 + e^−x).</summary>
    public static float Sigmoid(float x) => (float)(1 / (1 + ExpDouble(-(double)x)));

    /// <summary>x·sigmoid(x); 0 at −∞.</summary>
    public static float Swish(float x) => float.IsNegativeInfinity(x) ? 0 : (float)(x / (1 + ExpDouble(-(double)x)));

    /// <summary>log(1 + e^x).</summary>
    public static float Softplus(float x)
    {
        if (!(x <= 40))
        {
            return x;
        }

        double power = ExpDouble(x);

        // Below this 1 + e^x would drop too many digits of e^x.
        return power < 1e-5
            ? (float)(power * (1 - (power * (0.5 - (power * (1.0 / 3))))))
            : (float)LogDouble(1 + power);
    }

    /// <summary>x·tanh(softplus(x)); 0 at −∞.</summary>
    public static float Mish(float x)
    {
        if (!(x <= 40))
        {
            return x;
        }

        // tanh(log(1 + e)) = ((1 + e)² − 1) / ((1 + e)² + 1).
        double power = ExpDouble(x);
        double product = power * (power + 2);
        return float.IsNegativeInfinity(x) ? 0 : (float)(x * (product / (product + 2)));
    }

    /// <summary>Gauss error function.</summary>
    public static float Erf(float x)
    {
        double magnitude = Math.Abs((double)x);
        if (magnitude <= 1)
        {
            return (float)(x * Polynomial(ErfSeries, magnitude * magnitude));
        }

        double value = 1 - ErfcDouble(magnitude);
        return (float)(x < 0 ? -value : value);
    }

    /// <summary>x/2·(1 + erf(x/√2)); 0 at −∞.</summary>
    public static float Gelu(float x)
    {
        if (float.IsNegativeInfinity(x))
        {
            return 0;
        }

        double argument = x * SqrtHalf;
        double magnitude = Math.Abs(argument);
        double half = 0.5 * x;
        if (magnitude <= 1)
        {
            return (float)(half * (1 + (argument * Polynomial(ErfSeries, magnitude * magnitude))));
        }

        double tail = ErfcDouble(magnitude);
        return (float)(half * (x < 0 ? tail : 2 - tail));
    }

    /// <summary>x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))); 0 at −∞.</summary>
    public static float GeluTanh(float x)
    {
        if (float.IsNegativeInfinity(x))
        {
            return 0;
        }

        // (1 + tanh z) / 2 = 1 / (1 + e^−2z).
        double wide = x;
        double argument = GeluSlope * (wide + (GeluCubic * (wide * wide * wide)));
        return (float)(wide / (1 + ExpDouble(-argument)));
    }

    /// <summary>e^x in double for the range of float results.</summary>
    internal static double ExpDouble(double x)
    {
        double fraction = Reduce(x, out double power);
        return (1 + (fraction + (fraction * fraction * ExpTail(fraction)))) * power;
    }

    private static double ExpMinusOneDouble(double x)
    {
        double fraction = Reduce(x, out double power);
        double value = fraction + (fraction * fraction * ExpTail(fraction));
        return power == 1 ? value : ((1 + value) * power) - 1;
    }

    private static double TanhDouble(double x)
    {
        double value = ExpMinusOneDouble(2 * Math.Abs(x));
        value = value / (value + 2);
        return double.IsNegative(x) ? -value : value;
    }

    /// <summary>x = k·ln 2 + fraction with |fraction| ≤ ln 2 / 2, and 2^k.</summary>
    private static double Reduce(double x, out double power)
    {
        x = x < -ExponentLimit ? -ExponentLimit : x;
        x = x > ExponentLimit ? ExponentLimit : x;
        double shifted = (x * Log2E) + RoundingMagic;
        double k = shifted - RoundingMagic;
        power = BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(shifted) + 1023) << 52);
        return x - (k * Ln2High) - (k * Ln2Low);
    }

    /// <summary>(e^r − 1 − r) / r² as a Taylor series; the next term is below 1e-12.</summary>
    private static double ExpTail(double r)
    {
        double sum = 1.0 / 39916800;
        sum = (sum * r) + (1.0 / 3628800);
        sum = (sum * r) + (1.0 / 362880);
        sum = (sum * r) + (1.0 / 40320);
        sum = (sum * r) + (1.0 / 5040);
        sum = (sum * r) + (1.0 / 720);
        sum = (sum * r) + (1.0 / 120);
        sum = (sum * r) + (1.0 / 24);
        sum = (sum * r) + (1.0 / 6);
        return (sum * r) + 0.5;
    }

    /// <summary>Natural logarithm of a positive normal double: 2·artanh((m − 1) / (m + 1)) + k·ln 2.</summary>
    private static double LogDouble(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);

        // The offset puts the mantissa into [√½, √2).
        long exponent = (bits - 0x3FE6A09E667F3BCD) >> 52;
        double mantissa = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double s = (mantissa - 1) / (mantissa + 1);
        double square = s * s;
        double sum = 1.0 / 21;
        for (int odd = 19; odd >= 3; odd -= 2)
        {
            sum = (sum * square) + (1.0 / odd);
        }

        double value = 2 * (s + (s * square * sum));
        return (exponent * Ln2High) + (value + (exponent * Ln2Low));
    }

    /// <summary>1 − erf(x) for x ≥ 1.</summary>
    private static double ErfcDouble(double x)
    {
        double limited = x > 14 ? 14 : x;
        double position = ((1 / (1 + (0.5 * limited))) - 0.3958333333333333) / 0.2708333333333333;
        return ExpDouble(-(x * x)) * Polynomial(ScaledErfcSeries, position);
    }

    private static double Polynomial(ReadOnlySpan<double> coefficients, double x)
    {
        double sum = 0;
        for (int i = coefficients.Length - 1; i >= 0; i--)
        {
            sum = (sum * x) + coefficients[i];
        }

        return sum;
    }
}
