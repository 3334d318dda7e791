using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A wood screw lying on its side: tapered, pointed, coarse thread, countersunk or round head.</summary>
internal sealed class Screw(Dice dice) : Part
{
    private readonly bool _round = dice.Chance(0.4f);
    private readonly float _headHalf = dice.Range(0.28f, 0.40f);
    private readonly float _body = dice.Range(0.11f, 0.15f);
    private readonly float _pitch = dice.Range(0.13f, 0.19f);
    private readonly float _tip = dice.Range(0.45f, 0.65f);
    private readonly float _threadFrom = dice.Range(-0.5f, -0.2f);

    internal override Surface At(Vector2 p)
    {
        float y = MathF.Abs(p.Y);
        float fromTop = p.X + 1;
        float headRadius = _round
            ? (fromTop < 0.28f ? _headHalf * MathF.Sqrt(Math.Clamp(fromTop / 0.28f, 0, 1)) : 0)
            : fromTop < 0.05f ? _headHalf : MathF.Max(_headHalf - ((fromTop - 0.05f) * 1.1f), 0);
        float taper = p.X < _tip ? 1 : MathF.Max(1 - ((p.X - _tip) / (1 - _tip)), 0);
        float wave = p.X > _threadFrom ? Shape.Triangle((p.X + (p.Y * 0.25f)) / _pitch) : -0.5f;
        float bodyRadius = (_body * taper) + (0.045f * MathF.Sqrt(taper) * wave);
        bool onHead = headRadius > bodyRadius;
        float radius = MathF.Max(headRadius, bodyRadius);
        float d = MathF.Max((y - radius) * 0.8f, MathF.Max(-fromTop, p.X - 1));
        float height = 0.06f + Shape.Dome(MathF.Min(y, radius), radius);
        return new(d, height, !onHead && wave < -0.1f && p.X > _threadFrom ? 0.72f : 1);
    }
}
