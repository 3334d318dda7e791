using System.Numerics;

namespace PartsGenerator.Parts;

/// <summary>A coil spring lying on its side.</summary>
internal sealed class Spring(Dice dice) : Part
{
    private readonly float _half = dice.Range(0.27f, 0.40f);
    private readonly float _wire = dice.Range(0.045f, 0.07f);
    private readonly float _pitch = dice.Range(0.20f, 0.33f);
    private readonly float _length = dice.Range(0.82f, 0.95f);

    internal override Surface At(Vector2 p)
    {
        float best = float.MaxValue, height = 0, albedo = 1;
        float middle = MathF.Round(p.X / _pitch);
        for (float turn = middle - 2; turn <= middle + 2; turn++)
        {
            float x = turn * _pitch;
            if (MathF.Abs(x) > _length)
            {
                continue;
            }

            // The wire runs up in front and comes down behind, half a pitch further on.
            float front = Shape.Line(p, new Vector2(x, -_half), new Vector2(x + (_pitch / 2), _half));
            float back = Shape.Line(p, new Vector2(x + (_pitch / 2), _half), new Vector2(x + _pitch, -_half));
            best = MathF.Min(best, MathF.Min(front, back) - _wire);
            float arch = 0.25f * MathF.Sqrt(MathF.Max(1 - (p.Y * p.Y / (_half * _half)), 0));
            if (front < _wire)
            {
                (height, albedo) = (0.35f + arch + Shape.Dome(front, _wire), 1.05f);
            }
            else if (back < _wire && height == 0)
            {
                (height, albedo) = (0.2f - (arch * 0.6f) + Shape.Dome(back, _wire), 0.5f);
            }
        }

        return new(best, height, albedo);
    }
}
