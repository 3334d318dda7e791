using EdgeRuntime.Bundles;

namespace EdgeRuntime.Sessions;

/// <summary>Translates between a port's order (for example NCHW) and its map's rows.</summary>
/// <param name="Count">Elements.</param>
/// <param name="Channels">Extent of the channel axis.</param>
/// <param name="Inner">Product of the extents behind the channel axis.</param>
public readonly record struct PortLayout(int Count, int Channels, int Inner)
{
    /// <summary>Layout of a port.</summary>
    public static PortLayout Of(Port port)
    {
        int count = port.Dims.Aggregate(1, (a, d) => checked(a * d));
        if (port.ChannelAxis < 0)
        {
            return new PortLayout(count, count, 1);
        }

        int inner = 1;
        foreach (int extent in port.Dims.AsSpan(port.ChannelAxis + 1))
        {
            inner *= extent;
        }

        return new PortLayout(count, port.Dims[port.ChannelAxis], inner);
    }

    /// <summary>Layout of an input at an operating point, which may take a picture of another size.</summary>
    public static PortLayout Of(Port port, OperatingPoint point)
    {
        PortLayout full = Of(port);
        if (point.Input is not { } size)
        {
            return full;
        }

        int pixels = size.Height * size.Width;
        return new PortLayout(pixels * full.Channels, full.Channels, full.Inner == 1 ? 1 : pixels);
    }

    /// <summary>Element of the dense rows that holds element <paramref name="index"/> of the port.</summary>
    public int ToRows(int index)
    {
        int inner = index % Inner;
        int outer = index / Inner;
        return ((((outer / Channels) * Inner) + inner) * Channels) + (outer % Channels);
    }
}
