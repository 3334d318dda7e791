namespace ModelPacker.Gradients;

/// <summary>Cuts the taps of a convolution into groups whose columns together fit a cache, so that gathered rows stay there while they are multiplied.</summary>
/// <param name="taps">Taps of the convolution.</param>
/// <param name="width">Channels of one tap.</param>
internal readonly struct TapGroups(int taps, int width)
{
    /// <summary>Output rows that are worked on at a time; a multiple of the tiles' rows and of eight, see <see cref="Activation"/>.</summary>
    public const int RowBlock = 240;

    private const int Columns = 256;

    /// <summary>Taps of all groups but the last.</summary>
    public int Size { get; } = Math.Clamp(Columns / width, 1, taps);

    /// <summary>Groups.</summary>
    public int Count => (taps + Size - 1) / Size;

    /// <summary>Taps of a group.</summary>
    public int TapsOf(int group) => Math.Min(Size, taps - (group * Size));

    /// <summary>Columns of a group.</summary>
    public int ColumnsOf(int group) => TapsOf(group) * width;

    /// <summary>First column of a group among all.</summary>
    public int FirstColumn(int group) => group * Size * width;
}
