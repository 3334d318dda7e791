using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>A map of the lowered network: dense rows of fp32 channels until the quantiser decides otherwise.</summary>
/// <param name="Name">Name of the value in the source model.</param>
/// <param name="Rows">Rows of the dense map.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Dims">Extents of the value in the source model's order.</param>
/// <param name="Prescribed">Scale and zero point that the model itself prescribes, or null.</param>
/// <param name="Integer">The map holds int8 data even in an fp32 bundle (a quantised input or output of the model).</param>
public sealed record LoweredMap(string Name, int Rows, int Channels, int[] Dims, Quantization? Prescribed = null, bool Integer = false)
{
    /// <summary>Height and width of the grid whose sites the rows are, line by line; 0, 0 where they are no grid.</summary>
    public (int Height, int Width) Grid => ChannelAxis switch
    {
        // Rows are numbered by the axes other than the channels' in order.
        1 => (Dims[2], Dims[3]),
        3 => (Dims[1], Dims[2]),
        _ => (0, 0),
    };

    private int ChannelAxis => Dims switch
    {
        [1, int c, int h, int w] when c == Channels && h * w == Rows => 1,
        [1, int h, int w, int c] when c == Channels && h * w == Rows => 3,
        _ => -1,
    };

    /// <summary>A map of other channels over the same rows, which are a grid where those of this one are.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="channels">Its channels.</param>
    public LoweredMap WithChannels(string name, int channels)
        => this with { Name = name, Channels = channels, Dims = ChannelAxis < 0 ? [Rows, channels] : [.. Dims.Select((d, i) => i == ChannelAxis ? channels : d)] };
}
