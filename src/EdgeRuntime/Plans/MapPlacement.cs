namespace EdgeRuntime.Plans;

/// <summary>Where a map lies in the arena.</summary>
/// <param name="Offset">Bytes from the start of the arena.</param>
/// <param name="Stride">Elements from one row to the next; more than its channels where the map lies inside a concatenation.</param>
public readonly record struct MapPlacement(long Offset, int Stride);
