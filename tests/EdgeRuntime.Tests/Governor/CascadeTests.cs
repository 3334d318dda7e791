using EdgeRuntime.Bundles;
using EdgeRuntime.Governing;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Governor;

public sealed class CascadeTests
{
    private static readonly Cascade Two = new([new(1, "2x", 30, 0.4, 0.25, 0.88), new(0, "dense", 60, 0, 0, 0.9)]);

    [Fact]
    public void DoubtGoesOnAsFarAsTheCeiling()
    {
        Assert.Equal(1, Two.Next(0, 0.39, 1));
        Assert.Equal(-1, Two.Next(0, 0.4, 1));
        Assert.Equal(-1, Two.Next(0, 0.39, 0));
        Assert.Equal(-1, Two.Next(1, 0, 1));
        Assert.Equal(-1, Two.Next(0, double.NaN, 1));
    }

    [Fact]
    public void AStageThatWouldEndTooLateIsNotBegun()
    {
        Assert.Equal(1, Two.Next(0, 0.1, 1, 1.5, 91));
        Assert.Equal(-1, Two.Next(0, 0.1, 1, 1.5, 89));
    }

    [Fact]
    public void ThePlanExpectsTheShareThatGoesOn()
    {
        GovernorPlan plan = Two.ToPlan();
        Assert.Equal(["up to 2x", "up to dense"], plan.Choices.ToArray().Select(c => c.Name));
        Assert.Equal(30, plan.Choices[0].Milliseconds);
        Assert.Equal(30 + (0.25 * 60), plan.Choices[1].Milliseconds, 9);
        Assert.Equal(90, Two.PlannedMilliseconds(1));
    }

    [Fact]
    public void BundlesThatSayNothingHaveNone()
    {
        using Bundle bundle = RandomNetwork.Create(4, steps: 6);
        Assert.Null(Cascade.FromBundle(bundle));
        Assert.Equal(1, GovernorPlan.FromBundle(bundle).Choices.Length);
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            bundle.Points[i].Figures["predicted_ms"] = 100.0 / (i + 1);
            bundle.Points[i].Figures["top1"] = 90 - i;
            bundle.Points[i].Figures[Cascade.MarginFigure] = i * 0.1;
        }

        Cascade? cascade = Cascade.FromBundle(bundle);
        Assert.Equal(bundle.Points.Length < 2, cascade is null);
        if (cascade is not null)
        {
            Assert.Equal(0, cascade.Stages[^1].Index);
            Assert.Equal(0.9, cascade.Stages[^1].Quality, 9);
            Assert.Equal(bundle.Points.Length, GovernorPlan.FromBundle(bundle).Choices.Length);
        }
    }

    [Theory]
    [InlineData(new float[] { 1, 3, 2 }, 0, true, 0.4205)]
    [InlineData(new float[] { 0.1f, 0.7f, 0.2f }, 0, false, 0.5)]
    [InlineData(new float[] { 5, 1, 2 }, 1, true, 0.0295)]
    [InlineData(new float[] { 1000, 0 }, 0, true, 1)]
    [InlineData(new float[] { 1 }, 0, true, double.NaN)]
    [InlineData(new float[] { float.NaN, float.NaN }, 0, true, double.NaN)]
    public void MarginsAreDifferencesOfProbabilities(float[] scores, int firstClass, bool logits, double expected)
        => Assert.Equal(expected, Cascade.MarginOf(scores, firstClass, logits), 4);

    [Fact]
    public void OneStageIsNoCascade()
        => Assert.Throws<ArgumentException>(() => new Cascade([new(0, "dense", 60, 0, 0, 0.9)]));
}
