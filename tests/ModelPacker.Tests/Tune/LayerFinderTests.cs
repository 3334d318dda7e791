using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Perforate;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class LayerFinderTests
{
    [Fact]
    public void CoverageCountsTheWindowsOfTheNextPooling()
    {
        NetworkBuilder net = new(3);
        int x = net.Input(ElementType.S8, 6, 8, 4);
        int conv = net.Convolution(x, 3, 1, 8);
        int lookup = net.Lookup(conv);
        net.Output(net.GlobalAverage(net.Pool(lookup, 3, 2, average: false)));
        using Bundle bundle = net.Build();
        TuneLayer layer = Assert.Single(Find(bundle, net));
        double[] coverage = layer.Masks.Coverage!;
        Assert.Equal(48, coverage.Length);

        // The pooling's own table says which sites each window reads.
        int[] entries = bundle.Tables[bundle.Points[0].Tables[2][0]].Entries;
        for (int s = 0; s < 48; s++)
        {
            Assert.Equal(entries.Count(e => e == s), coverage[s]);
        }

        Assert.True(coverage.Distinct().Count() > 2);
        double[] weights = [.. layer.Masks.Make(MaskKind.Structure, 0.25, 1).Kept.Select(k => coverage[k])];
        Assert.True(weights.Min() >= coverage.OrderDescending().ElementAt(weights.Length - 1));
    }

    [Fact]
    public void ThereIsNoStructureWithoutAPooling()
    {
        NetworkBuilder net = new(3);
        int x = net.Input(ElementType.S8, 6, 6, 4);
        int first = net.Convolution(x, 3, 1, 8);
        int second = net.Convolution(first, 3, 1, 8);
        net.Output(net.GlobalAverage(second));
        using Bundle bundle = net.Build();
        List<TuneLayer> layers = Find(bundle, net);
        Assert.Equal([0, 1], layers.Select(l => l.Step));
        Assert.All(layers, l => Assert.False(l.Masks.Supports(MaskKind.Structure)));
    }

    [Fact]
    public void PointwiseLayersAndAnswersAreLeftAlone()
    {
        NetworkBuilder net = new(5);
        int x = net.Input(ElementType.S8, 6, 6, 4);
        int pointwise = net.Convolution(x, 1, 1, 8);
        int inner = net.Convolution(pointwise, 3, 1, 8);
        net.Output(net.Convolution(inner, 3, 1, 8));
        using Bundle bundle = net.Build();
        Assert.Equal([1], Find(bundle, net).Select(l => l.Step));
    }

    [Fact]
    public void PointwiseLayersThatReadASumAreLayersOfTheirOwn()
    {
        // Two inverted residuals: the second's first layer reads all rows of the sum, its last one those of the depthwise layer.
        NetworkBuilder net = new(11);
        int x = net.Convolution(net.Input(ElementType.S8, 6, 6, 4), 3, 1, 8);
        int sum = net.Binary(x, net.Convolution(net.Depthwise(net.Convolution(x, 1, 1, 16), 3, 1), 1, 1, 8), BinaryFunction.Add);
        net.Output(net.GlobalAverage(net.Binary(sum, net.Convolution(net.Depthwise(net.Lookup(net.Convolution(net.Lookup(sum), 1, 1, 16)), 3, 1), 1, 1, 8), BinaryFunction.Add)));
        using Bundle bundle = net.Build();
        int[] expected = [.. Enumerable.Range(0, bundle.Steps.Length).Where(i => bundle.Steps[i] is DepthwiseStep or ConvolutionStep { Taps: > 1 }
            || (bundle.Steps[i] is ConvolutionStep && bundle.Steps[i].Inputs[0] is var map && bundle.Steps.First(s => s.Output == map) is LookupStep))];
        Assert.Equal(4, expected.Length);
        Assert.Equal(expected, Find(bundle, net).Select(l => l.Step));
    }

    [Fact]
    public void BranchesOfAConcatenationArePartners()
    {
        // A fire module: 1×1 and 3×3 side by side.
        NetworkBuilder net = new(7);
        int x = net.Input(ElementType.S8, 6, 6, 4);
        int squeeze = net.Convolution(x, 1, 1, 4);
        int narrow = net.Convolution(squeeze, 1, 1, 8);
        int wide = net.Convolution(squeeze, 3, 1, 8);
        net.Output(net.GlobalAverage(net.Concat(narrow, wide)));
        using Bundle bundle = net.Build();
        TuneLayer layer = Assert.Single(Find(bundle, net));
        Assert.Equal(2, layer.Step);
        Assert.Equal([1], layer.Partners);

        // A mask over the layer's grid means nothing to rows that are no such grid.
        (int, int)[] grids = [.. Enumerable.Range(0, bundle.Maps.Length).Select(m => m == narrow ? (0, 0) : net.Extent(m))];
        Assert.Empty(Assert.Single(LayerFinder.Find(bundle, grids, new Perforator(bundle), _ => null, _ => null)).Partners);
    }

    private static List<TuneLayer> Find(Bundle bundle, NetworkBuilder net)
        => LayerFinder.Find(bundle, [.. Enumerable.Range(0, bundle.Maps.Length).Select(net.Extent)], new Perforator(bundle), _ => null, _ => null);
}
