using ModelPacker.Calibrate;

namespace ModelPacker.Tests.Calibrate;

public class RangeChooserTests
{
    [Fact]
    public void StatisticsAreThoseOfTheData()
    {
        MapStatistics s = new(2);
        s.Add([1, -4, 3, 8]);
        s.Add([5, 2]);
        Assert.Equal(-4, s.Minimum);
        Assert.Equal(8, s.Maximum);
        Assert.Equal([3, 2], s.ChannelMeans);
    }

    [Fact]
    public void HistogramCountsEveryValueOnce()
    {
        MapStatistics s = Of(Normal(5000));
        Assert.Equal(5000, s.Histogram.Sum());
        Assert.Equal(1, s.Histogram[(int)Math.Floor((s.Maximum + s.Limit) / s.BinWidth)]);
    }

    [Fact]
    public void TheRangeOfTheHistogramGrowsWithoutLosingCounts()
    {
        MapStatistics s = new(3);
        s.Add([0, 0, 0]);
        s.Add([0.5f, -0.25f, 0.125f]);
        s.Add([100, -1, 3]);
        Assert.Equal(9, s.Histogram.Sum());
        Assert.InRange(s.Limit, 100, 200);
        int At(float value) => (int)Math.Floor((value + s.Limit) / s.BinWidth);
        Assert.Equal(1, s.Histogram[At(100)]);
        Assert.Equal(1, s.Histogram[At(-1)]);
        Assert.Equal(1, s.Histogram[At(3)]);
        Assert.Equal(5, s.Histogram[At(0)] + s.Histogram[At(0.125f)] + s.Histogram[At(0.5f)]);
        Assert.Equal([100, 1, 3], s.ChannelMagnitudes);
    }

    [Fact]
    public void WideAndNarrowMapsGiveTheSameChannelFigures()
    {
        float[] values = Normal(70 * 600);
        foreach (int channels in (int[])[1, 3, 70])
        {
            MapStatistics s = new(channels);
            s.Add(values);
            for (int c = 0; c < channels; c++)
            {
                float[] own = [.. values.Where((_, i) => i % channels == c)];
                Assert.Equal(own.Average(v => (double)v), s.ChannelMeans[c], 1e-5);
                Assert.Equal(own.Max(Math.Abs), s.ChannelMagnitudes[c]);
            }
        }
    }

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Mse)]
    [InlineData(CalibrationMethod.Percentile)]
    public void RangeContainsZeroAndNothingNeverSeen(CalibrationMethod method)
    {
        foreach (float shift in (float[])[-20, 0, 20])
        {
            MapStatistics s = Of([.. Normal(5000).Select(v => v + shift)]);
            (float low, float high) = RangeChooser.Choose(s, method);
            Assert.True(low <= 0 && high >= 0 && low < high);
            Assert.InRange(low, Math.Min(0, s.Minimum) - 1e-3f, 0);
            Assert.InRange(high, 0, Math.Max(0, s.Maximum) + 1e-3f);
        }
    }

    [Fact]
    public void MinMaxIsEverythingSeen()
        => Assert.Equal((-3f, 7f), RangeChooser.Choose(Of([-3, 0, 7]), CalibrationMethod.MinMax));

    [Fact]
    public void PercentileCutsTheTails()
    {
        float[] values = [.. Enumerable.Range(0, 100_000).Select(i => i / 100_000f), 1000f];
        (_, float high) = RangeChooser.Choose(Of(values), CalibrationMethod.Percentile);
        Assert.InRange(high, 0.99f, 1.5f);
    }

    // The independent formula: round and clip the data themselves, in double.
    [Fact]
    public void MseIsNoWorseThanMinMaxAndNearTheBest()
    {
        float[] values = [.. Normal(20_000), 30f];
        MapStatistics s = Of(values);
        double chosen = Error(values, RangeChooser.Choose(s, CalibrationMethod.Mse));
        double everything = Error(values, RangeChooser.Choose(s, CalibrationMethod.MinMax));
        double best = Enumerable.Range(2, 29).Min(high => Error(values, (s.Minimum, high)));
        Assert.True(chosen <= everything * 1.02);
        Assert.True(chosen <= best * 1.1, $"{chosen} against {best}");
    }

    [Fact]
    public void ConstantAndEmptyMapsHaveAUsableRange()
    {
        Assert.Equal((0f, 1f), RangeChooser.Choose(Of([0, 0, 0]), CalibrationMethod.Mse));
        (float low, float high) = RangeChooser.Choose(Of([5, 5]), CalibrationMethod.Mse);
        Assert.True(low == 0 && high >= 4.9f);
    }

    private static double Error(float[] values, (float Low, float High) range)
    {
        double step = ((double)range.High - range.Low) / 255;
        return values.Sum(v =>
        {
            double q = Math.Clamp(Math.Round((v - range.Low) / step), 0, 255);
            double d = v - (range.Low + (q * step));
            return d * d;
        }) / values.Length;
    }

    private static MapStatistics Of(float[] values)
    {
        MapStatistics s = new(1);
        s.Add(values);
        return s;
    }

    private static float[] Normal(int count)
    {
        Random random = new(11);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
