namespace EdgeRuntime.Detections;

/// <summary>A found object. The box is in fractions (0..1) of the model's input, from its top left corner.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Top edge.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Bottom edge.</param>
/// <param name="Class">Class index.</param>
/// <param name="Score">Score in 0..1.</param>
public readonly record struct Detection(float Left, float Top, float Right, float Bottom, int Class, float Score)
{
    /// <summary>Intersection over union of two boxes; 0 where both are empty.</summary>
    public static float Overlap(in Detection a, in Detection b)
    {
        float width = MathF.Min(a.Right, b.Right) - MathF.Max(a.Left, b.Left);
        float height = MathF.Min(a.Bottom, b.Bottom) - MathF.Max(a.Top, b.Top);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float shared = width * height;
        float all = ((a.Right - a.Left) * (a.Bottom - a.Top)) + ((b.Right - b.Left) * (b.Bottom - b.Top)) - shared;
        return all > 0 ? shared / all : 0;
    }
}
