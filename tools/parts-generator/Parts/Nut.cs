using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A hexagon nut, seen from above, with the thread showing in its hole.</summary>
internal sealed class Nut(Dice dice) : Part
{
    private readonly float _hole = dice.Range(0.36f, 0.54f);
    private readonly float _chamfer = dice.Range(0.80f, 0.88f);
    private readonly float _threads = dice.Range(45, 70);

    internal override Surface At(Vector2 p)
    {
        float radius = p.Length();
        float d = MathF.Max(Shape.Hexagon(p, 0.86f), (_hole * 0.84f) - radius);
        if (radius < _hole)
        {
            return new(d, 0.25f + (0.03f * MathF.Sin(radius * _threads)), 0.55f);
        }

        float top = 0.45f * Shape.Bevel(Shape.Hexagon(p, 0.86f), 0.05f);
        float corner = 0.45f - (0.7f * MathF.Max(radius - _chamfer, 0));
        float mouth = 0.45f - (0.9f * MathF.Max(_hole + 0.07f - radius, 0));
        return new(d, MathF.Min(top, MathF.Min(corner, mouth)));
    }
}
