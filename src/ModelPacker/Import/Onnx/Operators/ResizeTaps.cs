namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Computes which input positions an output position of Resize reads, and with which weights.</summary>
/// <remarks>Coordinates are computed in single precision, as ONNX Runtime does: nearest depends on the last bit.</remarks>
internal static class ResizeTaps
{
    /// <summary>Input position of every output position; −1: extrapolated.</summary>
    public static int[] Nearest(NodeImport n, ResizeRule rule, ResizeAxis axis)
    {
        var positions = new int[axis.Output];
        for (int i = 0; i < positions.Length; i++)
        {
            float at = Coordinate(n, rule, axis, i);
            if (rule.Coordinates == "half_pixel_symmetric" && (rule.Rounding is "floor" or "ceil") && MathF.Abs(at - MathF.Round(at)) < 1e-5f)
            {
                throw n.Refused($"half_pixel_symmetric with {rule.Rounding} hits a position exactly, where the last bit of the arithmetic decides", "Use nearest_mode round_prefer_floor.");
            }

            positions[i] = Outside(rule, axis, at) ? -1 : (int)Math.Clamp(Round(n, rule.Rounding, axis.Scale, at), 0, axis.Input - 1);
        }

        return positions;
    }

    /// <summary>Positions and weights, the same number for every output position.</summary>
    public static (int[] Positions, float[] Weights) Interpolated(NodeImport n, ResizeRule rule, ResizeAxis axis)
    {
        if (rule.Mode is not ("linear" or "cubic"))
        {
            throw n.Bad($"has the unknown mode '{rule.Mode}'");
        }

        bool crop = rule.Coordinates == "tf_crop_and_resize";
        if (crop && (rule.Extrapolation != 0 || rule.Mode == "cubic" || rule.Antialias))
        {
            throw n.Refused("tf_crop_and_resize is supported with mode linear and extrapolation 0 only", "Crop with a Slice, then use a plain Resize.");
        }

        bool wide = rule.Antialias && axis.Scale < 1;
        double scale = wide ? axis.Scale : 1;
        int half = (int)Math.Ceiling((rule.Mode == "cubic" ? 2 : 1) / scale);
        long total = 2L * half * axis.Output;
        if (total > ImportContext.MaximumElements)
        {
            throw n.Refused("it shrinks too much at once", "Resize in several steps, or without antialias.");
        }

        int taps = 2 * half;
        var positions = new int[axis.Output * taps];
        var weights = new float[positions.Length];
        var raw = new double[taps];
        for (int i = 0; i < axis.Output; i++)
        {
            float at = Coordinate(n, rule, axis, i);
            int first = (int)MathF.Floor(at) - half + 1;
            double sum = 0;
            for (int t = 0; t < taps; t++)
            {
                int p = first + t;
                double distance = Math.Abs(p - (double)at) * scale;
                raw[t] = rule.Mode == "cubic" ? Cubic(distance, rule.CubicA) : Math.Max(0, 1 - distance);

                // Otherwise the edge is repeated outside.
                if (rule.ExcludeOutside && (p < 0 || p >= axis.Input))
                {
                    raw[t] = 0;
                }

                sum += raw[t];
            }

            bool outside = Outside(rule, axis, at);
            bool normalise = rule.ExcludeOutside || wide;
            for (int t = 0; t < taps; t++)
            {
                positions[(i * taps) + t] = outside ? -1 : Math.Clamp(first + t, 0, axis.Input - 1);
                weights[(i * taps) + t] = outside ? 0 : (float)(normalise ? raw[t] / sum : raw[t]);
            }
        }

        return (positions, weights);
    }

    private static float Coordinate(NodeImport n, ResizeRule rule, ResizeAxis axis, int i)
    {
        float x = i;
        switch (rule.Coordinates)
        {
            case "half_pixel":
                return ((x + 0.5f) / axis.Scale) - 0.5f;
            case "pytorch_half_pixel":
                return axis.Output > 1 ? ((x + 0.5f) / axis.Scale) - 0.5f : 0;
            case "asymmetric":
                return x / axis.Scale;
            case "align_corners":
                return axis.Output == 1 ? 0 : x * (axis.Input - 1) / (axis.Output - 1);
            case "tf_half_pixel_for_nn":
                return (x + 0.5f) / axis.Scale;
            case "half_pixel_symmetric":
                float adjustment = axis.Output / (axis.Scale * axis.Input);
                float offset = axis.Input / 2f * (1 - adjustment);
                return offset + ((x + 0.5f) / axis.Scale) - 0.5f;
            case "tf_crop_and_resize":
                return axis.Output > 1
                    ? (axis.RoiStart * (axis.Input - 1)) + (x * (axis.RoiEnd - axis.RoiStart) * (axis.Input - 1) / (axis.Output - 1))
                    : 0.5f * (axis.RoiStart + axis.RoiEnd) * (axis.Input - 1);
            default:
                throw n.Bad($"has the unknown coordinate transformation '{rule.Coordinates}'");
        }
    }

    private static bool Outside(ResizeRule rule, ResizeAxis axis, float at) =>
        rule.Coordinates == "tf_crop_and_resize" && (at < 0 || at > axis.Input - 1);

    private static float Round(NodeImport n, string rounding, float scale, float at) => rounding switch
    {
        "simple" => scale < 1 ? MathF.Ceiling(at) : MathF.Truncate(at),
        "floor" => MathF.Floor(at),
        "ceil" => MathF.Ceiling(at),
        "round_prefer_floor" => MathF.Ceiling(at - 0.5f),
        "round_prefer_ceil" => MathF.Floor(at + 0.5f),
        _ => throw n.Bad($"has the unknown nearest_mode '{rounding}'"),
    };

    /// <summary>Cubic convolution kernel (Keys 1981).</summary>
    private static double Cubic(double d, double a) => d <= 1
        ? (((a + 2) * d - (a + 3)) * d * d) + 1
        : d < 2 ? (((((d - 5) * d) + 8) * d) - 4) * a : 0;
}
