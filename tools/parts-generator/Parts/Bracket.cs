using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A flat angle bracket with screw holes.</summary>
internal sealed class Bracket(Dice dice) : Part
{
    private readonly float _width = dice.Range(0.24f, 0.34f);
    private readonly float _longArm = dice.Range(1.5f, 1.75f);
    private readonly float _shortArm = dice.Range(0.95f, 1.55f);
    private readonly float _hole = dice.Range(0.09f, 0.14f);
    private readonly float _round = dice.Range(0.03f, 0.2f);
    private readonly bool _mirrored = dice.Chance(0.5f);

    internal override Surface At(Vector2 p)
    {
        if (_mirrored)
        {
            p.Y = -p.Y;
        }

        // Moved so that the middle of the part, not its corner, lies at (0, 0).
        p += new Vector2(0.68f, 0.55f);
        float d = MathF.Min(
            Shape.Box(p, new Vector2((_longArm - _width) / 2, 0), new Vector2((_longArm + _width) / 2, _width), _round),
            Shape.Box(p, new Vector2(0, (_shortArm - _width) / 2), new Vector2(_width, (_shortArm + _width) / 2), _round));
        float holes = MathF.Min(
            MathF.Min(Vector2.Distance(p, new Vector2(_longArm - 0.3f, 0)), Vector2.Distance(p, new Vector2((_longArm * 0.5f) - 0.02f, 0))),
            Vector2.Distance(p, new Vector2(0, _shortArm - 0.3f)));
        d = MathF.Max(d, _hole - holes);
        float sink = 0.05f * MathF.Max(1 - ((holes - _hole) / 0.07f), 0);
        return new(d, (0.12f * Shape.Bevel(d, 0.04f)) - sink);
    }
}
