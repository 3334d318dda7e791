using System.Text.Json;
using EdgeRuntime.Bundles;
using ModelPacker.Commands;
using ModelPacker.Perforate;
using ModelPacker.Tests.Finetune;

namespace ModelPacker.Tests.Tune;

/// <summary><c>modelpacker tune --mask iterative-impact</c> from end to end.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class IterativeImpactTests(TunedNetwork network) : IDisposable
{
    private const string Kind = "iterative-impact";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MasksOfAllPointsLieWithinEachOther()
    {
        (int code, string output, string error) = TunedNetwork.Run([.. Command("out.edge", "1.3x,1.6x,2x,3x"), "--json"]);
        Assert.True(code == 0, error);
        JsonElement[] points = [.. JsonDocument.Parse(output).RootElement.GetProperty("points").EnumerateArray()];
        Assert.Equal(4, points.Length);
        Assert.All(points.SelectMany(p => p.GetProperty("layers").EnumerateArray()).Where(l => l.GetProperty("rate").GetDouble() > 0), l => Assert.Equal(Kind, l.GetProperty("mask").GetString()));
        string path = _folder.File("out.edge");
        using Bundle bundle = BundleReader.Open(path);
        PerforatedStep[][] masks = PerforationSection.Read(path, bundle)!.Masks;
        int smaller = 0;
        foreach (IGrouping<int, PerforatedStep> layer in masks.SelectMany(m => m).GroupBy(m => m.Step))
        {
            Assert.All(layer, m => Assert.Equal(Kind, m.Kind));
            PerforatedStep[] falling = [.. layer.OrderByDescending(m => m.Kept.Length)];
            for (int i = 1; i < falling.Length; i++)
            {
                Assert.Subset(falling[i - 1].Kept.ToHashSet(), falling[i].Kept.ToHashSet());
                smaller += falling[i].Kept.Length < falling[i - 1].Kept.Length ? 1 : 0;
            }
        }

        Assert.True(smaller > 1);
    }

    [Fact]
    public void AnInterruptedSearchGoesOnToTheSameBundleWithAnyNumberOfThreads()
    {
        Assert.Equal(0, TunedNetwork.Run([.. Command("whole.edge", "2x"), "--threads", "1"]).Code);
        string path = _folder.File("parts.edge");
        using (CancellationTokenSource source = new())
        {
            int code = PackerCommandLine.Run([.. Command("parts.edge", "2x"), "--threads", "3", "--verbose"], new Terminal(new StringWriter(), new Interrupter("relax points (", source), false), source.Token);
            Assert.Equal(130, code);
        }

        Assert.True(File.Exists(path + ".search"));
        (int second, _, string error) = TunedNetwork.Run([.. Command("parts.edge", "2x"), "--threads", "3", "--resume"]);
        Assert.True(second == 0, error);
        Assert.Equal(File.ReadAllBytes(_folder.File("whole.edge")), File.ReadAllBytes(path));
    }

    [Fact]
    public void WhatHasNoClassesIsRefused()
    {
        string spec = _folder.Write("other.json", File.ReadAllText(network.Folder.File("net.json")).Replace("classification", "other", StringComparison.Ordinal));
        (int code, _, string error) = TunedNetwork.Run([.. Command("out.edge", "2x"), "--input-spec", spec]);
        Assert.Equal(2, code);
        Assert.Contains("needs a classifier", error);
        Assert.False(File.Exists(_folder.File("out.edge")));
    }

    private string[] Command(string output, string points)
        => ["tune", network.Folder.File("net.onnx"), "--data", network.Pictures, "--objective", "macs", "--mask", Kind, "--points", points, "--limit", "60", "-o", _folder.File(output)];
}
