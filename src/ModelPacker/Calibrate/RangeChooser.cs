namespace ModelPacker.Calibrate;

/// <summary>Chooses the range [low, high] of a map that 256 levels are spread over. It always contains 0.</summary>
public static class RangeChooser
{
    private const int Levels = 255;

    /// <summary>Chooses a range.</summary>
    public static (float Low, float High) Choose(MapStatistics statistics, CalibrationMethod method)
    {
        float low = Math.Min(statistics.Minimum, 0);
        float high = Math.Max(statistics.Maximum, 0);
        if (!(high > low) || !float.IsFinite(high - low))
        {
            return (0, 1);
        }

        (low, high) = method switch
        {
            CalibrationMethod.MinMax => (low, high),
            CalibrationMethod.Percentile => Percentile(statistics, 5e-5),
            _ => Search(statistics, low, high),
        };
        low = Math.Min(low, 0);
        high = Math.Max(high, 0);
        return high - low > 1e-30f ? (low, high) : (0, 1);
    }

    private static (float, float) Percentile(MapStatistics s, double tail)
    {
        long cut = (long)(s.Histogram.Sum() * tail);
        int first = 0;
        for (long seen = s.Histogram[0]; seen <= cut && first < MapStatistics.Bins - 1; seen += s.Histogram[first])
        {
            first++;
        }

        int last = MapStatistics.Bins - 1;
        for (long seen = s.Histogram[last]; seen <= cut && last > first; seen += s.Histogram[last])
        {
            last--;
        }

        return (Math.Max(s.Minimum, (float)((first * s.BinWidth) - s.Limit)), Math.Min(s.Maximum, (float)(((last + 1) * s.BinWidth) - s.Limit)));
    }

    // Coordinate descent over shrink factors of both ends; one end stays where it is 0.
    private static (float, float) Search(MapStatistics s, float low, float high)
    {
        const int Steps = 100;
        double bestLow = low;
        double bestHigh = high;
        double best = SquaredError(s, low, high);
        for (int round = 0; round < 2; round++)
        {
            for (int i = Steps / 4; i <= Steps; i++)
            {
                double candidate = high * (double)i / Steps;
                double value = candidate > bestLow ? SquaredError(s, bestLow, candidate) : double.PositiveInfinity;
                (best, bestHigh) = value < best ? (value, candidate) : (best, bestHigh);
            }

            for (int i = Steps / 4; i <= Steps && low < 0; i++)
            {
                double candidate = low * (double)i / Steps;
                double value = candidate < bestHigh ? SquaredError(s, candidate, bestHigh) : double.PositiveInfinity;
                (best, bestLow) = value < best ? (value, candidate) : (best, bestLow);
            }
        }

        return ((float)bestLow, (float)bestHigh);
    }

    private static double SquaredError(MapStatistics s, double low, double high)
    {
        double width = s.BinWidth;
        double step = (high - low) / Levels;
        double inside = step * step / 12;
        double error = 0;
        for (int b = 0; b < MapStatistics.Bins; b++)
        {
            long count = s.Histogram[b];
            if (count == 0)
            {
                continue;
            }

            double x = ((b + 0.5) * width) - s.Limit;
            double excess = Math.Max(low - x, x - high);

            // An exact zero (most of what a ReLU gives) is represented exactly.
            double rounding = Math.Abs(x) <= width ? Math.Min(inside, x * x) : inside;
            error += count * (excess > 0 ? excess * excess : rounding);
        }

        return error;
    }
}
