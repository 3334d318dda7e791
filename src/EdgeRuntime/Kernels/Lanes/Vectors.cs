using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels.Lanes;

/// <summary>What kernels do with vectors of any width.</summary>
internal static unsafe class Vectors
{
    /// <summary>Writes the first <paramref name="count"/> lanes, or all if there are fewer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T value, float* destination, nint count)
        where T : struct, IFloatLanes<T>
    {
        if (count >= T.Width)
        {
            value.Store(destination);
        }
        else
        {
            value.StorePart(destination, count);
        }
    }

    /// <summary>v &lt; low ? low : v, then v &gt; high ? high : v: NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Clamp<T>(T value, T low, T high)
        where T : struct, IFloatLanes<T>
        => T.Lesser(high, T.Greater(low, value));
}
