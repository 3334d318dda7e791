using System.Numerics;

namespace PartsGenerator;

/// <summary>One part on the belt under one light: gives the colour of every point. Positions run from −0.5 to 0.5, y down.</summary>
internal sealed class Scene
{
    private readonly Part _part;
    private readonly Belt _belt;
    private readonly Clutter _clutter;
    private readonly Vector2 _center;
    private readonly float _radius;
    private readonly float _sin;
    private readonly float _cos;
    private readonly float _squeeze;
    private readonly Vector3 _light;
    private readonly Vector3 _half;
    private readonly Vector3 _metal;
    private readonly float _shine;
    private readonly float _rust;
    private readonly float _shadow;
    private readonly Vector3 _lamp;
    private readonly float _falloff;
    private readonly (float Angle, float At, float Width, float Depth) _bar;
    private readonly uint _seed;

    internal Scene(int partClass, Dice dice)
    {
        _part = PartClasses.Create(partClass, dice);
        _belt = new Belt(dice);
        _clutter = new Clutter(dice);
        _center = new Vector2(dice.Range(-0.11f, 0.11f), dice.Range(-0.11f, 0.11f));
        _radius = dice.Range(0.28f, 0.43f);
        (_sin, _cos) = MathF.SinCos(dice.Range(0, MathF.Tau));
        _squeeze = dice.Range(1, 1.22f);
        float around = dice.Range(0, MathF.Tau), up = dice.Range(0.5f, 1.15f);
        _light = new Vector3(MathF.Cos(around) * MathF.Cos(up), MathF.Sin(around) * MathF.Cos(up), MathF.Sin(up));
        _half = Vector3.Normalize(_light + Vector3.UnitZ);
        _metal = dice.Whole(0, 5) switch
        {
            0 => new Vector3(0.86f, 0.70f, 0.42f),
            1 => new Vector3(0.55f, 0.56f, 0.60f),
            2 => new Vector3(0.38f, 0.39f, 0.43f),
            3 => new Vector3(0.72f, 0.75f, 0.82f),
            _ => new Vector3(0.76f, 0.76f, 0.75f),
        } * dice.Range(0.8f, 1.1f);
        _shine = dice.Range(0.15f, 0.9f);
        _rust = dice.Chance(0.25f) ? dice.Range(0.3f, 0.9f) : 0;
        _shadow = dice.Range(0.3f, 0.75f);
        _lamp = new Vector3(1 + dice.Range(-0.12f, 0.12f), 1, 1 + dice.Range(-0.12f, 0.12f)) * dice.Range(0.7f, 1.25f);
        _falloff = dice.Range(0, 0.7f);
        _bar = (dice.Range(0, MathF.PI), dice.Range(-0.5f, 0.5f), dice.Range(0.06f, 0.2f), dice.Chance(0.3f) ? dice.Range(0.25f, 0.6f) : 0);
        _seed = (uint)dice.Whole(0, int.MaxValue - 1);
    }

    internal Vector3 ColorAt(Vector2 p)
    {
        Vector2 local = ToPart(p);
        Surface surface = _part.At(local);

        // One sample is a quarter of a pixel in area, so a soft rim of about a pixel smooths the outline.
        float cover = Shape.Smooth(0.012f, -0.012f, surface.Distance * _radius);
        Vector3 color = cover < 1 ? Ground(p, surface.Distance) : Vector3.Zero;
        if (cover > 0)
        {
            color = Vector3.Lerp(color, Metal(local, surface), cover);
        }

        float bar = 1 - (_bar.Depth * Shape.Smooth(_bar.Width, _bar.Width - 0.04f, MathF.Abs((p.X * MathF.Cos(_bar.Angle)) + (p.Y * MathF.Sin(_bar.Angle)) - _bar.At)));
        float lamp = 1 + (_falloff * ((p.X * _light.X) + (p.Y * _light.Y)));
        return color * _lamp * (bar * lamp);
    }

    private Vector3 Ground(Vector2 p, float distance)
    {
        Vector3 ground = _clutter.Over(_belt.At(p), p);
        Vector2 away = new Vector2(_light.X, _light.Y) * (0.11f / MathF.Max(_light.Z, 0.4f));
        float cast = _part.At(ToPart(p + (away * _radius * 2))).Distance;
        float contact = 0.35f * Shape.Smooth(0.2f, 0, distance);
        return ground * (1 - (_shadow * Shape.Smooth(0.08f, -0.12f, cast))) * (1 - contact);
    }

    private Vector3 Metal(Vector2 local, Surface surface)
    {
        const float Step = 0.012f;
        float right = _part.At(local + new Vector2(Step, 0)).Height - _part.At(local - new Vector2(Step, 0)).Height;
        float down = _part.At(local + new Vector2(0, Step)).Height - _part.At(local - new Vector2(0, Step)).Height;
        Vector2 slope = Vector2.Clamp(new Vector2(right, down) / (2 * Step), new Vector2(-3), new Vector2(3));
        float grain = Shape.Noise(local.X * 4, local.Y * 45, _seed) - 0.5f;
        slope.Y += grain * 0.12f;

        // Back from the part's own axes to those of the picture.
        Vector3 normal = Vector3.Normalize(new Vector3(
            -((slope.X * _cos) - (slope.Y * _sin)), -((slope.X * _sin) + (slope.Y * _cos)), 1));
        float diffuse = MathF.Max(Vector3.Dot(normal, _light), 0);
        float glint = MathF.Pow(MathF.Max(Vector3.Dot(normal, _half), 0), 28);

        // Metal mirrors its surroundings: a bright ceiling with a dark wall.
        float mirrored = Shape.Smooth(-0.6f, 0.7f, (normal.X * _light.X) + (normal.Y * _light.Y) + (0.3f * normal.Z));
        Vector3 metal = _metal * surface.Albedo;
        if (_rust > 0)
        {
            float spot = Shape.Smooth(0.5f, 0.75f, Shape.Noise(local.X * 2.6f, local.Y * 2.6f, _seed + 7)) * _rust;
            metal = Vector3.Lerp(metal, new Vector3(0.36f, 0.19f, 0.10f), spot);
        }

        return (metal * (0.16f + (0.6f * diffuse) + (0.35f * mirrored) + (grain * 0.10f))) + new Vector3(glint * _shine * surface.Albedo);
    }

    private Vector2 ToPart(Vector2 p)
    {
        Vector2 q = (p - _center) / _radius;
        q = new Vector2((q.X * _cos) + (q.Y * _sin), (q.Y * _cos) - (q.X * _sin));
        return new Vector2(q.X, q.Y * _squeeze);
    }
}
