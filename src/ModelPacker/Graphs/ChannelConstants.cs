namespace ModelPacker.Graphs;

/// <summary>Recognises constants that hold one value, or one per channel, of a map [N, C, …] they are broadcast to.</summary>
internal static class ChannelConstants
{
    /// <summary>Reads the values: length 1, or C.</summary>
    /// <param name="value">A float constant.</param>
    /// <param name="map">Extents of the map.</param>
    /// <param name="values">The values.</param>
    public static bool TryRead(Value value, int[] map, out float[] values)
    {
        values = value.Constant?.Floats ?? [];
        if (values.Length == 1)
        {
            return value.Dims.Length <= map.Length;
        }

        int lead = map.Length - value.Dims.Length;
        if (map.Length < 2 || lead < 0 || values.Length != map[1])
        {
            return false;
        }

        for (int i = 0; i < value.Dims.Length; i++)
        {
            if (value.Dims[i] != (lead + i == 1 ? map[1] : 1))
            {
                return false;
            }
        }

        return true;
    }
}
