using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A hexagon bolt lying on its side: blunt end, fine thread.</summary>
internal sealed class Bolt(Dice dice) : Part
{
    private readonly float _head = dice.Range(0.26f, 0.38f);
    private readonly float _headHalf = dice.Range(0.36f, 0.46f);
    private readonly float _shank = dice.Range(0.17f, 0.23f);
    private readonly float _threadFrom = dice.Range(-0.55f, 0.15f);
    private readonly float _pitch = dice.Range(0.065f, 0.095f);

    internal override Surface At(Vector2 p)
    {
        float neck = -1 + _head;
        float head = Shape.Box(p, new Vector2(-1 + (_head / 2), 0), new Vector2(_head / 2, _headHalf), 0.05f);
        float wave = p.X > _threadFrom ? Shape.Triangle((p.X + (p.Y * 0.12f)) / _pitch) : 0;
        float radius = _shank + (0.016f * wave) - (0.7f * MathF.Max(p.X - 0.93f, 0));
        float shank = MathF.Max(MathF.Abs(p.Y) - radius, MathF.Max(p.X - 0.98f, neck - p.X));
        if (head < shank)
        {
            // Three faces of the hexagon show: one flat on top, two sloping away.
            float face = MathF.Abs(p.Y) - (_headHalf * 0.5f);
            float height = 0.42f - MathF.Max(face * 1.1f, 0);
            return new(MathF.Min(head, shank), MathF.Max(height, 0.05f) * Shape.Bevel(head, 0.06f));
        }

        return new(MathF.Min(head, shank), 0.12f + Shape.Dome(p.Y, radius) + (0.012f * wave), wave < -0.2f ? 0.75f : 1);
    }
}
