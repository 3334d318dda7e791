using System.Globalization;
using System.Xml.Linq;
using ModelPacker.Report;

namespace ModelPacker.Tests.Report;

public class ParetoTests
{
    private static readonly SearchTrace Search = new("mac", [new(1000, 0.5, 80), new(800, 0.55, 79.5), new(400, 0.7, 76)],
        [new("half input", "smaller-input", false, 500, null, 0.9, 70), new("random", "uniform", true, null, 250, 0.8, 62)], [], null);

    [Fact]
    public void EveryNetworkIsComparedWithTheDenseOneOnItsOwnPictures()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.6, 75, 1), Point("2x", 510, 0.65, 73.5, 2)], Search)!;
        Assert.True(data.ByTop1);
        Assert.Equal([(1.0, 0.0), (1.25, -0.5), (2.5, -4.0)], data.Search.Select(m => (m.SpeedUp, m.Change)));
        Assert.Equal([("dense", 1.0, 0.0), ("2x", 2.0, -1.5)], data.Points.Select(m => (m.Name, m.SpeedUp, m.Change)));
        Assert.Equal([("half input", 2.0, -5.0), ("random", 4.0, -13.0)], data.Baselines.Select(m => (m.Name, m.SpeedUp, m.Change)));
    }

    [Fact]
    public void WhatWasMeasuredBeforeATrainingIsComparedWithTheDenseNetworkOfThen()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.5, 79, 1), Point("2x", 510, 0.55, 78, 2)], Search with { BeforeTraining = new(0.6, 75) })!;
        Assert.Equal([("dense", 0.0), ("2x", -1.0)], data.Points.Select(m => (m.Name, m.Change)));
        Assert.Equal([("half input", -5.0), ("random", -13.0)], data.Baselines.Select(m => (m.Name, m.Change)));
        Assert.Equal([0.0, -0.5, -4.0], data.Search.Select(m => m.Change));
    }

    [Fact]
    public void ADecomposedNetworkStartsWhereLowRankBroughtIt()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.6, 75, 1.5), Point("3x", 510, 0.65, 73.5, 3)], Search)!;
        Assert.Equal([1.5, 1.875, 3.75], data.Search.Select(m => m.SpeedUp));
        Assert.Equal([1.5, 3.0], data.Points.Select(m => m.SpeedUp));
        Assert.Equal([3.0, 6.0], data.Baselines.Select(m => m.SpeedUp));
    }

    [Fact]
    public void MultiplicationsSayNothingOfTime()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.6, 75, 1), Point("2x", 510, 0.65, 73.5, 2)], Search with { Unit = "ms" })!;
        Assert.Equal(["half input"], data.Baselines.Select(m => m.Name));
    }

    [Fact]
    public void WithoutTop1ALowerLossIsBetter()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.25, null, 1), Point("fast", 500, 0.75, null, null)], null)!;
        Assert.False(data.ByTop1);
        Assert.Equal([(1.0, 0.0), (2.0, -0.5)], data.Points.Select(m => (m.SpeedUp, m.Change)));
    }

    [Fact]
    public void ThereIsNoPlotOfOneNetwork()
    {
        Assert.Null(ParetoData.Of([Point("dense", 1000, 0.25, 80, 1)], null));
        Assert.Null(ParetoData.Of([Point("dense", 1000, null, null, null), Point("fast", 500, null, null, 2)], null));
    }

    [Fact]
    public void TheFrontIsWhatNoOtherNetworkBeats()
    {
        Random random = new(5);
        for (int trial = 0; trial < 200; trial++)
        {
            List<ParetoMark> marks = [.. Enumerable.Range(0, random.Next(1, 25)).Select(i => new ParetoMark($"{i}", "search", random.Next(10), random.Next(10)))];
            (double, double)[] expected = [.. marks.Where(a => !marks.Exists(b => b.SpeedUp >= a.SpeedUp && b.Change >= a.Change && (b.SpeedUp, b.Change) != (a.SpeedUp, a.Change)))
                .Select(m => (m.SpeedUp, m.Change)).Distinct().Order()];
            Assert.Equal(expected, ParetoData.Front(marks).Select(m => (m.SpeedUp, m.Change)));
        }
    }

    [Fact]
    public void MarksStandWhereTheLabelsOfTheAxesSay()
    {
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.6, 75, 1), Point("mid", 700, 0.6, 74.2, 1.37), Point("fast", 510, 0.65, 71.5, 2.11)], Search)!;
        XElement svg = new ParetoPlot(data).Draw();
        XElement[] texts = [.. svg.Elements("g").Single(g => Class(g) == "grid").Elements("text")];
        (double Value, double Pixel)[] horizontal = [.. texts.Where(t => t.Value.EndsWith('×')).Select(t => (Parse(t.Value.TrimEnd('×')), Number(t, "x")))];
        (double Value, double Pixel)[] vertical = [.. texts.Where(t => t.Attribute("text-anchor")!.Value == "end" && t.Attribute("class") is null)
            .Select(t => (Parse(t.Value.Replace('−', '-')), Number(t, "y") - 4))];
        Assert.True(horizontal.Length >= 3 && vertical.Length >= 3);
        XElement[] marks = [.. svg.Elements("g").Single(g => Class(g) == "marks").Elements("g").Where(g => Class(g) == "mark point")];
        Assert.Equal(3, marks.Length);
        foreach ((XElement mark, ParetoMark expected) in marks.Zip(data.Points))
        {
            XElement circle = mark.Element("circle")!;
            Assert.Equal(Interpolate(horizontal, expected.SpeedUp), Number(circle, "cx"), 0.25);
            Assert.Equal(Interpolate(vertical, expected.Change), Number(circle, "cy"), 0.25);
            Assert.StartsWith(expected.Name + ": ", mark.Element("title")!.Value);
        }
    }

    [Fact]
    public void ABaselineFarBelowIsPinnedToTheEdgeAndSaysHowFar()
    {
        SearchTrace search = Search with { Baselines = [new("lost", "uniform", false, 600, null, 5, 10)] };
        ParetoData data = ParetoData.Of([Point("dense", 1000, 0.6, 75, 1), Point("2x", 510, 0.65, 73.5, 2)], search)!;
        ParetoPlot plot = new(data);
        Assert.InRange(plot.Y.Low, -20, -4);
        Assert.Contains(plot.Draw().Descendants("text"), t => t.Value == "lost (−65 ↓)");
    }

    private static PointSummary Point(string name, double macs, double? loss, double? top1, double? speedUp)
    {
        Dictionary<string, double> figures = [];
        foreach ((string key, double? value) in new[] { ("loss", loss), ("top1", top1), ("speedup", speedUp) })
        {
            if (value is { } number)
            {
                figures[key] = number;
            }
        }

        return new PointSummary(name, macs, 1, figures, []);
    }

    // Through the outermost labels.
    private static double Interpolate((double Value, double Pixel)[] labels, double value)
    {
        (double v0, double p0) = labels.MinBy(l => l.Value);
        (double v1, double p1) = labels.MaxBy(l => l.Value);
        return p0 + ((value - v0) * (p1 - p0) / (v1 - v0));
    }

    private static string? Class(XElement element) => element.Attribute("class")?.Value;

    private static double Number(XElement element, string name) => Parse(element.Attribute(name)!.Value);

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
