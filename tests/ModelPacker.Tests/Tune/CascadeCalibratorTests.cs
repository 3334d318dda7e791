using EdgeRuntime.Bundles;
using EdgeRuntime.Governing;
using ModelPacker.Tune;
using Xunit;

namespace ModelPacker.Tests.Tune;

public sealed class CascadeCalibratorTests
{
    // Pictures have a difficulty; a point is right up to its skill, and its margin says how far it is from there.
    private static (double[][] Margins, bool[][] Right) Answers(double[] skills, int pictures, double noise, int seed)
    {
        Random random = new(seed);
        double[] difficulties = [.. Enumerable.Range(0, pictures).Select(_ => random.NextDouble())];
        double[][] margins = [.. skills.Select(s => difficulties.Select(d => Math.Clamp(Math.Abs(s - d) + (noise * (random.NextDouble() - 0.5)), 0, 1)).ToArray())];
        bool[][] right = [.. skills.Select(s => difficulties.Select(d => d < s).ToArray())];
        return (margins, right);
    }

    [Fact]
    public void DoubtfulPicturesGoOnAndTheRestIsCheap()
    {
        (double[][] margins, bool[][] right) = Answers([0.8, 0.9], 2000, 0.02, 1);
        CascadeCalibration found = CascadeCalibrator.Calibrate([20, 60], margins, right, 0.005)!;
        Assert.Equal([0, 1], found.Stages.Select(s => s.Point));
        Assert.InRange(found.Accuracy, Share(right[1]) - 0.005, 1);

        // What the cheap point gets wrong and the dear one right lies within 0.1 of its skill, on one side; the other side goes on with it.
        Assert.InRange(found.Stages[0].Margin, 0.08, 0.115);
        Assert.InRange(found.Stages[0].RepeatShare, 0.15, 0.24);
        Assert.Equal(20 + (found.Stages[0].RepeatShare * 60), found.Cost, 9);
        Assert.Equal((1, 60.0), (found.SinglePoint, found.SingleCost));
        Assert.Equal(60 / found.Cost, found.Gain, 12);
        Assert.Equal(0, found.Stages[1].Margin);
        Assert.Equal(Share(right[0]), found.Stages[0].Accuracy, 12);
    }

    [Fact]
    public void ThresholdsHoldOnOtherPictures()
    {
        double[] skills = [0.75, 0.85, 0.92];
        double[] costs = [10, 30, 60];
        (double[][] margins, bool[][] right) = Answers(skills, 800, 0.1, 2);
        CascadeCalibration found = CascadeCalibrator.Calibrate(costs, margins, right, 0.01)!;
        (double[][] otherMargins, bool[][] otherRight) = Answers(skills, 20_000, 0.1, 3);
        double cost = 0;
        int good = 0;
        for (int i = 0; i < otherRight[0].Length; i++)
        {
            int stage = 0;
            cost += costs[found.Stages[0].Point];
            while (otherMargins[found.Stages[stage].Point][i] < found.Stages[stage].Margin)
            {
                cost += costs[found.Stages[++stage].Point];
            }

            good += otherRight[found.Stages[stage].Point][i] ? 1 : 0;
        }

        Assert.InRange((double)good / otherRight[0].Length, Share(otherRight[2]) - 0.015, 1);
        Assert.Equal(found.Cost, cost / otherRight[0].Length, 4.0);
        Assert.True(found.Gain > 1.3);
    }

    [Fact]
    public void MarginsThatSayNothingMakeNoCascade()
    {
        Random random = new(4);
        (double[][] margins, bool[][] right) = Answers([0.7, 0.9], 500, 0, 5);
        margins[0] = [.. margins[0].Select(_ => random.NextDouble())];
        CascadeCalibration? found = CascadeCalibrator.Calibrate([50, 60], margins, right, 0.005);
        Assert.Null(found);
    }

    [Fact]
    public void APointThatIsAsGoodNeedsNoCascade()
    {
        (double[][] margins, bool[][] right) = Answers([0.9, 0.9], 500, 0, 6);
        Assert.Null(CascadeCalibrator.Calibrate([20, 60], margins, right, 0.005));
    }

    [Fact]
    public void LuckIsNotBelieved()
    {
        // The cheap point loses 3 of 200 pictures: within 2 % on these, but not surely.
        bool[] best = [.. Enumerable.Repeat(true, 200)];
        bool[] cheap = [.. best.Select((_, i) => i is not (190 or 195 or 199))];
        double[] margins = [.. Enumerable.Repeat(0.9, 200).Select((m, i) => m + (i * 1e-5))];
        Assert.Null(CascadeCalibrator.Calibrate([30, 60], [margins, margins], [cheap, best], 0.02));

        // Where that is surely within the tolerance, the cheap point alone does.
        Assert.Null(CascadeCalibrator.Calibrate([30, 60], [margins, margins], [cheap, best], 0.03));
        bool[] worse = [.. cheap.Select((r, i) => r && i >= 8)];
        Assert.Equal(1, CascadeCalibrator.Calibrate([30, 60], [margins, margins], [worse, best], 0.03)!.SinglePoint);
    }

    [Fact]
    public void TheRuntimeReadsWhatIsWritten()
    {
        (double[][] margins, bool[][] right) = Answers([0.9, 0.6, 0.8], 2000, 0.02, 7);
        CascadeCalibration found = CascadeCalibrator.Calibrate([60, 5, 20], margins, right, 0.005)!;
        (double Cost, string Name)[] plans = [(60, "dense"), (5, "4x"), (20, "2x")];
        OperatingPoint[] points = [.. plans
            .Select(p => new OperatingPoint { Name = p.Name, Rows = [], Tables = [], Figures = new(StringComparer.Ordinal) { ["predicted_ms"] = p.Cost, [Cascade.MarginFigure] = 9 } })];
        found.Apply(points);
        using Bundle bundle = new() { Name = "test", Producer = "test", Maps = [], Steps = [], Blobs = [], Inputs = [], Outputs = [], Tables = [], Points = points, Weights = new MemoryWeightSource(ReadOnlyMemory<byte>.Empty) };
        Cascade cascade = Cascade.FromBundle(bundle)!;
        Assert.Equal(found.Stages.Select(s => s.Point), cascade.Stages.ToArray().Select(s => s.Index));
        Assert.Equal(found.Stages.Select(s => s.Margin), cascade.Stages.ToArray().Select(s => s.Margin));
        Assert.Equal(found.Cost, cascade.ToPlan().Choices[^1].Milliseconds, 9);
    }

    [Fact]
    public void ListsThatDoNotFitAreRefused()
        => Assert.Throws<ArgumentException>(() => CascadeCalibrator.Calibrate([1, 2], [[0.1], [0.1, 0.2]], [[true], [true]], 0.01));

    private static double Share(bool[] values) => (double)values.Count(v => v) / values.Length;
}
