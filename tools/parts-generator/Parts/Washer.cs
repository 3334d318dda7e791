using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A flat washer.</summary>
internal sealed class Washer(Dice dice) : Part
{
    private readonly float _inner = dice.Range(0.36f, 0.64f);
    private readonly float _bevel = dice.Range(0.03f, 0.12f);

    internal override Surface At(Vector2 p)
    {
        float d = Shape.Ring(p, _inner, 0.98f);
        return new(d, 0.10f * Shape.Bevel(d, _bevel));
    }
}
