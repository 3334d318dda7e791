using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Perforate;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class NestedImpactsTests
{
    private const int Height = 4;
    private const int Width = 4;
    private const int Sites = Height * Width;
    private const int Channels = 2;
    private const int Hidden = 3;
    private const int Classes = 4;
    private const int Pictures = 9;

    private static readonly InputSpec Spec = InputSpec.Parse("""{ "input": { "width": 4, "height": 4 }, "task": "classification", "output": { "kind": "logits" } }"""u8.ToArray(), "test");

    [Fact]
    public void ASiteWeighsAsMuchAsItStandsFor()
    {
        // 3×3 convolution → average over all sites → one layer more; the loss by the values of the sites that are computed is written down here by hand.
        NetworkBuilder net = new(5);
        int layer = net.Convolution(net.Input(ElementType.F32, Height, Width, Channels), 3, 1, Hidden);
        net.Output(net.Convolution(net.GlobalAverage(layer), 1, 1, Classes));
        using Bundle bundle = net.Build();
        TuneSample[] samples = Samples();
        Support mask = Support.OfMask(Height, Width, [0, 3, 6, 11, 13], new Random(1));
        double[] found = Impacts(bundle, samples, new() { [0] = mask }, 0)[0];

        float[][] values = [.. samples.Select(s => Values(bundle, s))];
        float[] head = BundleConstants.Read<float>(bundle, ((ConvolutionStep)bundle.Steps[^1]).Weights);
        float[] headBias = BundleConstants.Read<float>(bundle, ((ConvolutionStep)bundle.Steps[^1]).Bias);
        double[] expected = new double[Sites];
        for (int p = 0; p < Pictures; p++)
        {
            double[] v = [.. values[p].Select(x => (double)x)];
            for (int i = 0; i < v.Length; i++)
            {
                double kept = v[i];
                v[i] = kept + 1e-5;
                double up = Loss(v, samples[p].Label);
                v[i] = kept - 1e-5;
                double down = Loss(v, samples[p].Label);
                v[i] = kept;
                expected[i / Hidden] += Math.Abs(kept * (up - down) / 2e-5) / Pictures;
            }
        }

        Assert.Equal(mask.Kept, Enumerable.Range(0, Sites).Where(s => found[s] > 0));
        Assert.All(expected.Zip(found), e => Assert.Equal(e.First, e.Second, 1e-3 * expected.Max()));

        double Loss(double[] v, int label)
        {
            double[] mean = [.. Enumerable.Range(0, Hidden).Select(n => Enumerable.Range(0, Sites).Average(s => v[(mask.Kept[mask.Nearest[s]] * Hidden) + n]))];
            double[] z = [.. Enumerable.Range(0, Classes).Select(k => headBias[k] + Enumerable.Range(0, Hidden).Sum(n => head[(k * Hidden) + n] * mean[n]))];
            return Math.Log(z.Sum(y => Math.Exp(y - z[label])));
        }
    }

    [Fact]
    public void SitesThatAreOneRowShareItsWeight()
    {
        // Where the layer in front has a single site, all windows inside the map read the same, and so do those along each edge.
        NetworkBuilder net = new(8);
        int second = net.Convolution(net.Convolution(net.Input(ElementType.F32, Height, Width, Channels), 3, 1, Hidden), 3, 1, Hidden);
        net.Output(net.Convolution(net.GlobalAverage(second), 1, 1, Classes));
        using Bundle bundle = net.Build();
        Dictionary<int, Support> masks = new() { [0] = Support.OfMask(Height, Width, [5], new Random(1)) };
        double[] weights = Impacts(bundle, Samples(), masks, 0, 1)[1];
        double inside = weights[5];
        Assert.True(inside > 0);
        Assert.All((int[])[5, 6, 9, 10], s => Assert.Equal(inside, weights[s]));
        Assert.Equal(weights[1], weights[2]);
        Assert.NotEqual(weights[1], weights[0]);

        // Nothing of the row's weight is lost.
        PointAssembler assembler = new(bundle);
        assembler.Add("p", new Perforator(bundle).Compile(masks));
        double[] rows = ImpactWeights.Of(assembler.Build([]), 1, [1], Spec, Samples(), 1, _ => { }, CancellationToken.None)[1];
        Assert.True(rows.Length < Sites);
        Assert.Equal(rows.Sum(), weights.Sum(), 9);
    }

    private static double[][] Impacts(Bundle bundle, TuneSample[] samples, Dictionary<int, Support> masks, params int[] steps)
        => new NestedImpacts(bundle, Spec, samples, 2, new Silent(), CancellationToken.None)
            .Of([.. steps.Select(s => new TuneLayer(s, $"layer{s}", [], new MaskMaker(Height, Width)))], masks, new Perforator(bundle).Compile(masks), 3);

    private static TuneSample[] Samples()
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, Pictures).Select(p =>
        {
            float[] rows = [.. Enumerable.Range(0, Sites * Channels).Select(_ => (4 * random.NextSingle()) - 2)];
            return new TuneSample(p % Classes, MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(), new float[Classes]);
        })];
    }

    // The layer's values at all sites, without a mask.
    private static float[] Values(Bundle bundle, TuneSample sample)
    {
        using EdgeRuntime.EdgeModel model = EdgeRuntime.EdgeModel.Load(bundle);
        using EdgeRuntime.Sessions.Session session = model.CreateSession();
        MemoryMarshal.Cast<byte, float>(sample.Input).CopyTo(session.MapRows<float>(bundle.Inputs[0].Map));
        session.RunStep(0);
        float[] values = new float[Sites * Hidden];
        session.CopyMap(bundle.Steps[0].Output, values);
        return values;
    }
}
