namespace EdgeRuntime.Bundles;

/// <summary>A feature map: rows (one per evaluated site) of Channels elements. How many rows it has is up to the operating point.</summary>
/// <param name="Name">Name of the tensor in the source model.</param>
/// <param name="Channels">Elements per row, at least 1.</param>
/// <param name="Type"><see cref="ElementType.S8"/> or <see cref="ElementType.F32"/>.</param>
/// <param name="Scale">S8: real = (q − ZeroPoint)·Scale, positive and finite. F32: 1.</param>
/// <param name="ZeroPoint">S8: in [-128, 127]. F32: 0.</param>
public sealed record Map(string Name, int Channels, ElementType Type, float Scale = 1, int ZeroPoint = 0);
