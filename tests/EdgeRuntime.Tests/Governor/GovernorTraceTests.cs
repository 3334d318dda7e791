using GovernorSim;
using Xunit;

namespace EdgeRuntime.Tests.Governor;

/// <summary>The governor in simulated worlds, beside an oracle that knows their future.</summary>
public sealed class GovernorTraceTests
{
    public static TheoryData<string> Names() => [.. Traces.All(1).ConvertAll(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void GoalsAreMetCalmlyAndAlmostAsWellAsCanBe(string name)
    {
        Result result = Result.Of(Traces.All(1).Find(t => t.Name == name)!);
        Assert.True(result.IsGood, result.Line);
        Assert.True(result.Frames.Count > 100);
    }

    [Fact]
    public void RunsAreDrawn()
    {
        Result result = Result.Of(Traces.All(1).Find(t => t.Name == "heat-sensor-lost")!);
        System.Xml.Linq.XDocument svg = System.Xml.Linq.XDocument.Parse(Picture.Draw(result));
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        Assert.Contains("temperature is not known", svg.ToString(), StringComparison.Ordinal);
    }
}
