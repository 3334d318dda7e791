namespace PartsGenerator;

/// <summary>A part at one point of the plane.</summary>
/// <param name="Distance">Signed distance to the outline; negative on the part.</param>
/// <param name="Height">Height over the belt, in part radii.</param>
/// <param name="Albedo">Share of light that the metal gives back here (1 = bright).</param>
internal readonly record struct Surface(float Distance, float Height, float Albedo = 1);
