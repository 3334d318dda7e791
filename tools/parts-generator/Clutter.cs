using System.Numerics;

namespace PartsGenerator;

/// <summary>What lies about on the belt besides the part: shavings, chips, drops of oil.</summary>
internal sealed class Clutter
{
    private readonly (int Kind, Vector2 Center, float Size, float Angle, Vector3 Color)[] _pieces;

    internal Clutter(Dice dice)
    {
        _pieces = new (int, Vector2, float, float, Vector3)[dice.Chance(0.3f) ? 0 : dice.Whole(1, 7)];
        for (int i = 0; i < _pieces.Length; i++)
        {
            int kind = dice.Whole(0, 2);
            Vector3 metal = new(dice.Range(0.35f, 0.8f));
            Vector3 color = kind == 2 ? new Vector3(0.04f, 0.035f, 0.03f) : metal * (dice.Chance(0.3f) ? new Vector3(1, 0.8f, 0.55f) : Vector3.One);
            float size = kind == 2 ? dice.Range(0.03f, 0.09f) : dice.Range(0.015f, 0.06f);
            _pieces[i] = (kind, new Vector2(dice.Range(-0.5f, 0.5f), dice.Range(-0.5f, 0.5f)), size, dice.Range(0, MathF.Tau), color);
        }
    }

    internal Vector3 Over(Vector3 below, Vector2 p)
    {
        foreach ((int kind, Vector2 center, float size, float angle, Vector3 color) in _pieces)
        {
            Vector2 q = p - center;
            if (q.LengthSquared() > size * size * 6)
            {
                continue;
            }

            (float sin, float cos) = MathF.SinCos(angle);
            q = new Vector2((q.X * cos) + (q.Y * sin), (q.Y * cos) - (q.X * sin));
            float d = kind switch
            {
                // A curl: half of a thin ring.
                0 => MathF.Max(MathF.Abs(q.Length() - size) - 0.006f, -q.Y),
                1 => Shape.Box(q, Vector2.Zero, new Vector2(size * 0.6f, size * 0.3f), 0.003f),
                _ => q.Length() - (size * (0.9f + (0.1f * MathF.Sin((MathF.Atan2(q.Y, q.X) * 2) + angle)))),
            };
            float cover = Shape.Smooth(0.006f, -0.006f, d) * (kind == 2 ? 0.6f : 0.95f);
            below = Vector3.Lerp(below * (kind == 2 ? 1 : 1 - (0.4f * Shape.Smooth(0.02f, 0, d))), color, cover);
        }

        return below;
    }
}
