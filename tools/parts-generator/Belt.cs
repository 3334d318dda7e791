using System.Numerics;

namespace PartsGenerator;

/// <summary>The conveyor belt under the part: woven rubber with lanes, stains and scratches. Positions are in picture sizes (0..1).</summary>
internal sealed class Belt
{
    private readonly Vector3 _color;
    private readonly uint _seed;
    private readonly float _weave;
    private readonly float _weaveDepth;
    private readonly float _stains;
    private readonly Vector2 _along;
    private readonly float _seamAt;
    private readonly bool _seam;
    private readonly float _stripes;

    internal Belt(Dice dice)
    {
        float light = dice.Range(0.10f, 0.36f);
        _color = dice.Whole(0, 3) switch
        {
            0 => new Vector3(0.85f, 1.05f, 0.95f),
            1 => new Vector3(0.85f, 0.95f, 1.15f),
            2 => new Vector3(1.08f, 1.0f, 0.9f),
            _ => Vector3.One,
        } * light;
        _seed = (uint)dice.Whole(0, int.MaxValue - 1);
        _weave = dice.Range(16, 42);
        _weaveDepth = dice.Range(0.02f, 0.16f);
        _stains = dice.Range(0.05f, 0.45f);
        float angle = dice.Range(-0.2f, 0.2f) + (dice.Chance(0.5f) ? MathF.PI / 2 : 0);
        _along = new Vector2(MathF.Cos(angle), MathF.Sin(angle));
        _seam = dice.Chance(0.2f);
        _seamAt = dice.Range(-0.4f, 0.4f);
        _stripes = dice.Chance(0.4f) ? dice.Range(0.05f, 0.2f) : 0;
    }

    internal Vector3 At(Vector2 p)
    {
        float u = Vector2.Dot(p, _along), v = (p.X * -_along.Y) + (p.Y * _along.X);
        float weave = MathF.Sin(u * _weave * MathF.Tau) * MathF.Sin(v * _weave * MathF.Tau);
        float stain = Shape.Noise(p.X * 3, p.Y * 3, _seed) + (0.5f * Shape.Noise(p.X * 9, p.Y * 9, _seed + 1)) - 0.75f;
        float scratch = MathF.Max(Shape.Noise(u * 3, v * 60, _seed + 2) - 0.78f, 0) * 0.8f;
        float stripe = _stripes * MathF.Sin(v * 19);
        float seam = _seam ? 0.5f * Shape.Smooth(0.025f, 0.008f, MathF.Abs(u - _seamAt)) : 0;
        float light = 1 + (_weaveDepth * weave) + (_stains * stain) + scratch + stripe - seam;
        return _color * MathF.Max(light, 0.1f);
    }
}
