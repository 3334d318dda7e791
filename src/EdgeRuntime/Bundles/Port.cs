namespace EdgeRuntime.Bundles;

/// <summary>An input or output of the network and the map that holds it.</summary>
/// <param name="Name">Name in the source model.</param>
/// <param name="Map">Index of the map.</param>
/// <param name="Dims">Extents in the source model's order (for example N, C, H, W).</param>
/// <param name="ChannelAxis">Axis that lies in the map's channels; the other axes, in order, number the rows. -1: one row holds one element
/// sequence in the source model's order (rows × channels elements in all).</param>
public sealed record Port(string Name, int Map, int[] Dims, int ChannelAxis);
