using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A ball bearing, open or with a shield over its balls.</summary>
internal sealed class Bearing(Dice dice) : Part
{
    private readonly float _bore = dice.Range(0.28f, 0.42f);
    private readonly float _ring = dice.Range(0.13f, 0.18f);
    private readonly int _balls = dice.Whole(7, 11);
    private readonly bool _shield = dice.Chance(0.3f);

    internal override Surface At(Vector2 p)
    {
        float radius = p.Length();
        float d = Shape.Ring(p, _bore, 0.98f);
        float inside = _bore + _ring, outside = 0.98f - _ring;
        if (radius < inside || radius > outside)
        {
            float ring = radius < inside ? Shape.Ring(p, _bore, inside) : Shape.Ring(p, outside, 0.98f);
            return new(d, 0.30f * Shape.Bevel(ring, 0.05f));
        }

        if (_shield)
        {
            return new(d, 0.20f + (0.05f * Shape.Bevel(Shape.Ring(p, inside, outside), 0.09f)), 0.62f);
        }

        float step = MathF.Tau / _balls;
        float angle = MathF.Atan2(p.Y, p.X);
        angle -= step * MathF.Round(angle / step);
        float path = (inside + outside) / 2;
        Vector2 folded = new(radius * MathF.Cos(angle), radius * MathF.Sin(angle));
        float ball = (outside - inside) * 0.52f;
        float fromBall = Vector2.Distance(folded, new Vector2(path, 0));
        return fromBall < ball
            ? new(d, 0.08f + Shape.Dome(fromBall, ball), 1.1f)
            : new(d, 0.05f, 0.22f);
    }
}
