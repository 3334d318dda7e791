using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients;

/// <summary>What happens to a step's results on their way into its map: the clamp, and for int8 maps the rounding. Works in place on runs of elements.</summary>
/// <remarks>Without rounding, the map itself tells where the clamp held. A rounded map does not (what is just above the lower bound is rounded to it), so
/// then one bit per element is kept. Runs start at multiples of eight elements.</remarks>
internal readonly unsafe struct Activation
{
    private readonly float _low;
    private readonly float _high;
    private readonly float _scale;
    private readonly byte* _passed;

    /// <summary>The activation of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="minimum">Clamp of the step, in quantised units for int8 maps.</param>
    /// <param name="maximum">Upper clamp.</param>
    /// <param name="passed">One bit per element if the map is rounded, else null.</param>
    public Activation(Map map, float minimum, float maximum, byte* passed)
    {
        bool s8 = map.Type == ElementType.S8;
        _low = s8 ? (minimum - map.ZeroPoint) * map.Scale : minimum;
        _high = s8 ? (maximum - map.ZeroPoint) * map.Scale : maximum;
        _scale = map.Scale;
        _passed = passed;
        Clamps = !float.IsNegativeInfinity(_low) || !float.IsPositiveInfinity(_high);
    }

    /// <summary>Whether anything happens at all.</summary>
    public bool Clamps { get; }

    /// <summary>Applies it.</summary>
    /// <param name="values">Element <paramref name="first"/> of the map.</param>
    /// <param name="first">Its index, a multiple of eight.</param>
    /// <param name="count">Elements.</param>
    public void Forward(float* values, long first, long count)
    {
        if (!Clamps)
        {
            return;
        }

        Vector256<float> low = Vector256.Create(_low);
        Vector256<float> high = Vector256.Create(_high);
        long i = 0;
        if (_passed is null)
        {
            for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
            {
                // In this order of operands NaN stays NaN.
                Vector256.MinNative(high, Vector256.MaxNative(low, Vector256.Load(values + i))).Store(values + i);
            }

            for (; i < count; i++)
            {
                values[i] = Clamp(values[i], _low, _high);
            }

            return;
        }

        byte* passed = _passed + (first / 8);
        float inverse = 1 / _scale;
        float least = MathF.Round(_low * inverse);
        float most = MathF.Round(_high * inverse);
        low = Vector256.Create(least);
        high = Vector256.Create(most);
        Vector256<float> factor = Vector256.Create(inverse);
        Vector256<float> scale = Vector256.Create(_scale);
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256<float> units = Vector256.Load(values + i) * factor;
            Vector256<float> inside = Vector256.GreaterThan(units, low) & Vector256.LessThan(units, high);
            passed[i / 8] = (byte)inside.ExtractMostSignificantBits();
            (Vector256.Round(Vector256.MinNative(high, Vector256.MaxNative(low, units))) * scale).Store(values + i);
        }

        if (i < count)
        {
            byte bits = 0;
            for (long k = i; k < count; k++)
            {
                float units = values[k] * inverse;
                bits |= units > least && units < most ? (byte)(1 << (int)(k - i)) : (byte)0;
                values[k] = MathF.Round(Clamp(units, least, most)) * _scale;
            }

            passed[i / 8] = bits;
        }
    }

    /// <summary>Sets the gradient to zero where the clamp held.</summary>
    /// <param name="gradient">Gradient of element <paramref name="first"/>.</param>
    /// <param name="values">Value of it.</param>
    /// <param name="first">Its index, a multiple of eight.</param>
    /// <param name="count">Elements.</param>
    public void Backward(float* gradient, float* values, long first, long count)
    {
        if (!Clamps)
        {
            return;
        }

        long i = 0;
        if (_passed is null)
        {
            Vector256<float> low = Vector256.Create(_low);
            Vector256<float> high = Vector256.Create(_high);
            for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
            {
                Vector256<float> value = Vector256.Load(values + i);
                Vector256<float> inside = Vector256.GreaterThan(value, low) & Vector256.LessThan(value, high);
                (Vector256.Load(gradient + i) & inside).Store(gradient + i);
            }

            for (; i < count; i++)
            {
                gradient[i] = values[i] > _low && values[i] < _high ? gradient[i] : 0;
            }

            return;
        }

        byte* passed = _passed + (first / 8);
        Vector256<int> lanes = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256<int> inside = Vector256.Equals(Vector256.Create((int)passed[i / 8]) & lanes, lanes);
            (Vector256.Load(gradient + i) & inside.AsSingle()).Store(gradient + i);
        }

        for (long k = i; k < count; k++)
        {
            gradient[k] = (passed[i / 8] >> (int)(k - i) & 1) != 0 ? gradient[k] : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Clamp(float value, float low, float high)
    {
        value = value < low ? low : value;
        return value > high ? high : value;
    }
}
