using System.Numerics;

namespace PartsGenerator;

/// <summary>Signed distances (negative inside) and other helpers for shapes in the plane.</summary>
internal static class Shape
{
    internal static float Ring(Vector2 p, float inner, float outer) =>
        MathF.Abs(p.Length() - ((inner + outer) / 2)) - ((outer - inner) / 2);

    internal static float Hexagon(Vector2 p, float inner)
    {
        float x = MathF.Abs(p.X), y = MathF.Abs(p.Y);
        return MathF.Max(x, (x * 0.5f) + (y * 0.8660254f)) - inner;
    }

    internal static float Box(Vector2 p, Vector2 center, Vector2 half, float round)
    {
        Vector2 q = Vector2.Abs(p - center) - half + new Vector2(round);
        return Vector2.Max(q, Vector2.Zero).Length() + MathF.Min(MathF.Max(q.X, q.Y), 0) - round;
    }

    internal static float Line(Vector2 p, Vector2 a, Vector2 b)
    {
        Vector2 along = b - a;
        float t = Math.Clamp(Vector2.Dot(p - a, along) / along.LengthSquared(), 0, 1);
        return Vector2.Distance(p, a + (along * t));
    }

    /// <summary>0 at the rim, 1 from <paramref name="width"/> inwards, rounded.</summary>
    internal static float Bevel(float distance, float width)
    {
        float t = Math.Clamp(-distance / width, 0, 1);
        return MathF.Sqrt(1 - ((1 - t) * (1 - t)));
    }

    /// <summary>Height of a round bar of this radius over its middle plane.</summary>
    internal static float Dome(float distance, float radius) =>
        MathF.Sqrt(MathF.Max((radius * radius) - (distance * distance), 0));

    internal static float Smooth(float low, float high, float x)
    {
        float t = Math.Clamp((x - low) / (high - low), 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>A wave of triangles between −1 and 1, period 1.</summary>
    internal static float Triangle(float x) => (4 * MathF.Abs(x - MathF.Floor(x + 0.5f))) - 1;

    /// <summary>Smooth noise in 0..1 with features of about size 1.</summary>
    internal static float Noise(float x, float y, uint seed)
    {
        float fx = MathF.Floor(x), fy = MathF.Floor(y);
        int ix = (int)fx, iy = (int)fy;
        float sx = Smooth(0, 1, x - fx), sy = Smooth(0, 1, y - fy);
        float top = float.Lerp(Hash(ix, iy, seed), Hash(ix + 1, iy, seed), sx);
        float bottom = float.Lerp(Hash(ix, iy + 1, seed), Hash(ix + 1, iy + 1, seed), sx);
        return float.Lerp(top, bottom, sy);
    }

    private static float Hash(int x, int y, uint seed)
    {
        uint h = ((uint)x * 0x85EBCA6B) ^ ((uint)y * 0xC2B2AE35) ^ (seed * 0x27D4EB2F);
        h = (h ^ (h >> 15)) * 0x2C1B3C6D;
        h = (h ^ (h >> 12)) * 0x297A2D39;
        return ((h ^ (h >> 15)) >> 8) / (float)(1 << 24);
    }
}
