namespace EdgeRuntime.Maps;

/// <summary>table[o, k] = input row that output row o reads at tap k; −1 is the padding row.</summary>
/// <param name="Rows">Output rows.</param>
/// <param name="Taps">Taps per output row.</param>
/// <param name="InputRows">Entries are below this.</param>
/// <param name="Entries">[Rows, Taps].</param>
public sealed record GatherTable(int Rows, int Taps, int InputRows, int[] Entries)
{
    /// <summary>Sentinel: the padding row.</summary>
    public const int Padding = -1;

    /// <summary>Whether row o just reads row o.</summary>
    public bool IsIdentity
    {
        get
        {
            if (Taps != 1 || Rows != InputRows)
            {
                return false;
            }

            for (int i = 0; i < Entries.Length; i++)
            {
                if (Entries[i] != i)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Same shape and entries.</summary>
    public bool Equals(GatherTable? other)
        => other is not null && Rows == other.Rows && Taps == other.Taps && InputRows == other.InputRows
            && Entries.AsSpan().SequenceEqual(other.Entries);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add(Rows);
        hash.Add(Taps);
        hash.Add(InputRows);
        int step = Math.Max(1, Entries.Length / 64);
        for (int i = 0; i < Entries.Length; i += step)
        {
            hash.Add(Entries[i]);
        }

        return hash.ToHashCode();
    }
}
