namespace ModelPacker.Graphs;

/// <summary>A constant, row-major. Exactly one of <see cref="Floats"/> and <see cref="Integers"/> is set.</summary>
public sealed class Tensor
{
    private Tensor(DataType type, int[] dims, float[]? floats, long[]? integers)
    {
        Type = type;
        Dims = dims;
        Floats = floats;
        Integers = integers;
        long count = 1;
        foreach (int d in dims)
        {
            count = checked(count * d);
        }

        if (count != (floats?.LongLength ?? integers!.LongLength))
        {
            throw new ArgumentException($"A tensor of shape [{string.Join(", ", dims)}] needs {count} elements.");
        }
    }

    /// <summary>Element type.</summary>
    public DataType Type { get; }

    /// <summary>Extents; empty for a scalar.</summary>
    public int[] Dims { get; }

    /// <summary>Elements when <see cref="Type"/> is <see cref="DataType.Float"/>.</summary>
    public float[]? Floats { get; }

    /// <summary>Elements of all other types.</summary>
    public long[]? Integers { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Floats?.Length ?? Integers!.Length;

    /// <summary>A float tensor.</summary>
    public static Tensor Of(float[] values, params int[] dims) => new(DataType.Float, dims, values, null);

    /// <summary>An integer tensor.</summary>
    public static Tensor Of(DataType type, long[] values, params int[] dims) => new(type, dims, null, values);

    /// <summary>Elements as floats, whatever the type.</summary>
    public float[] ToFloats() => Floats ?? Array.ConvertAll(Integers!, v => (float)v);
}
