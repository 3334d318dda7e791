using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A spur gear, plain, with a hub, or with lightening holes.</summary>
internal sealed class Gear(Dice dice) : Part
{
    private readonly int _teeth = dice.Whole(10, 18);
    private readonly float _depth = dice.Range(0.10f, 0.17f);
    private readonly float _bore = dice.Range(0.13f, 0.34f);
    private readonly int _holes = dice.Chance(0.45f) ? dice.Whole(4, 6) : 0;
    private readonly float _hub = dice.Range(0.12f, 0.2f);

    internal override Surface At(Vector2 p)
    {
        float radius = p.Length();
        float angle = MathF.Atan2(p.Y, p.X);
        float tooth = Math.Clamp(Shape.Triangle(angle * _teeth / MathF.Tau) * 1.7f, -1, 1);
        float d = (radius - (0.98f - _depth) - (_depth * 0.5f * tooth) - (_depth * 0.5f)) * 0.75f;
        d = MathF.Max(d, _bore - radius);
        if (_holes > 0)
        {
            float step = MathF.Tau / _holes;
            angle -= step * MathF.Round(angle / step);
            Vector2 folded = new(radius * MathF.Cos(angle), radius * MathF.Sin(angle));
            float middle = (_bore + 0.98f - _depth) / 2;
            d = MathF.Max(d, 0.13f - Vector2.Distance(folded, new Vector2(middle + 0.02f, 0)));
        }

        float height = 0.26f * Shape.Bevel(d, 0.05f);
        float hub = Shape.Smooth(_bore + _hub, _bore + _hub - 0.04f, radius) * 0.1f;
        return new(d, _holes == 0 ? height + hub : height);
    }
}
