namespace ModelPacker.Lower;

/// <summary>A tensor seen in a map: which element of the map's dense [rows, channels] holds each element of the tensor.</summary>
/// <remarks>
/// The usual case is "channels of axis a": the map's rows are numbered by the other axes in order. It is kept as the extent before the axis
/// (<see cref="Outer"/>), the channels and the extent behind, so that reshapes that leave these alone cost nothing. Everything else (transposed,
/// sliced, padded) is a list of <see cref="Offsets"/>; -1 stands for <see cref="Fill"/>. Views compose on the host and never cost anything on the board
/// unless a step needs rows that the map does not have.
/// </remarks>
public sealed class View
{
    private View(int map, int[] dims, int outer, int channels, int[]? offsets, float fill)
    {
        Map = map;
        Dims = dims;
        Outer = outer;
        Channels = channels;
        Offsets = offsets;
        Fill = fill;
    }

    /// <summary>The map.</summary>
    public int Map { get; }

    /// <summary>Extents of the tensor.</summary>
    public int[] Dims { get; }

    /// <summary>Product of the extents before the channel axis.</summary>
    public int Outer { get; }

    /// <summary>Channels of the map, where <see cref="Offsets"/> is null.</summary>
    public int Channels { get; }

    /// <summary>Element of the map for each element of the tensor in row-major order, or null: see remarks.</summary>
    public int[]? Offsets { get; }

    /// <summary>Value of elements at offset -1.</summary>
    public float Fill { get; }

    /// <summary>Elements of the tensor.</summary>
    public int Count => Product(Dims);

    /// <summary>Extent behind the channel axis.</summary>
    private int Inner => Channels == 0 ? 0 : Count / Outer / Channels;

    /// <summary>Channels at <paramref name="axis"/>, rows numbered by the other axes. Axis -1: one channel, every element a row.</summary>
    public static View OfRows(int map, int[] dims, int axis)
        => axis < 0 ? new View(map, dims, Product(dims), 1, null, 0) : new View(map, dims, Product(dims.AsSpan(0, axis)), dims[axis], null, 0);

    /// <summary>Explicit offsets.</summary>
    public static View OfOffsets(int map, int[] dims, int[] offsets, float fill) => new(map, dims, 0, 0, offsets, fill);

    /// <summary>The same elements under other extents.</summary>
    public View Reshape(int[] dims) => new(Map, dims, Outer, Channels, Offsets, Fill);

    /// <summary>The same arrangement in another map (the result of a pointwise step).</summary>
    public View InMap(int map) => new(map, Dims, Outer, Channels, Offsets, Fill);

    /// <summary>Same arrangement, whatever the maps.</summary>
    public bool SameLayout(View other)
        => Offsets is null && other.Offsets is null ? Outer == other.Outer && Channels == other.Channels
            : GetOffsets().AsSpan().SequenceEqual(other.GetOffsets());

    /// <summary>Whether the map's rows are exactly "channels of <paramref name="axis"/>, rows by the other axes".</summary>
    public bool HasRows(int axis)
    {
        if (Offsets is not null || Channels != (axis < 0 ? 1 : Dims[axis]))
        {
            return false;
        }

        // With one channel the rows are the elements in order, wherever the axis stands.
        return Channels == 1 || Product(Dims.AsSpan(0, axis)) == Outer;
    }

    /// <summary>An axis that <see cref="HasRows"/> accepts, -2 if there is none.</summary>
    public int FindAxis()
    {
        for (int axis = 0; axis < Dims.Length; axis++)
        {
            if (Dims[axis] == Channels && HasRows(axis))
            {
                return axis;
            }
        }

        return HasRows(-1) ? -1 : -2;
    }

    /// <summary>Offsets of all elements in row-major order.</summary>
    public int[] GetOffsets()
    {
        if (Offsets is not null)
        {
            return Offsets;
        }

        int[] offsets = new int[Count];
        int inner = Inner;
        int i = 0;
        for (int o = 0; o < Outer; o++)
        {
            for (int c = 0; c < Channels; c++)
            {
                for (int s = 0; s < inner; s++)
                {
                    offsets[i++] = (((o * inner) + s) * Channels) + c;
                }
            }
        }

        return offsets;
    }

    /// <summary>Product of extents.</summary>
    public static int Product(ReadOnlySpan<int> dims)
    {
        int product = 1;
        foreach (int extent in dims)
        {
            product = checked(product * extent);
        }

        return product;
    }
}
