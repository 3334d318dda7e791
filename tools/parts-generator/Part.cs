using System.Numerics;

namespace PartsGenerator;

/// <summary>A part of random proportions lying on the belt; about 1 in radius, round (0, 0).</summary>
internal abstract class Part
{
    /// <summary>The part at a point.</summary>
    internal abstract Surface At(Vector2 p);
}
