using System.Runtime.InteropServices;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class ImpactWeightsTests
{
    private const int Sites = 6;
    private const int Channels = 3;
    private const int Pictures = 11;

    private static readonly InputSpec Spec = InputSpec.Parse("""{ "input": { "width": 3, "height": 2 }, "task": "classification", "output": { "kind": "logits" } }"""u8.ToArray(), "test");

    [Fact]
    public void TheyAreTheFormulaByDifferences()
    {
        // A layer whose rows reach the answer through an average and one more layer, computed here by hand.
        NetworkBuilder net = new(21);
        int layer = net.Convolution(net.Input(ElementType.F32, 2, 3, Channels), 1, 1, 4);
        net.Output(net.Convolution(net.GlobalAverage(layer), 1, 1, 5));
        using Bundle bundle = net.Build();
        Random random = new(3);
        TuneSample[] samples = [.. Enumerable.Range(0, Pictures).Select(p =>
        {
            float[] rows = [.. Enumerable.Range(0, Sites * Channels).Select(_ => (4 * random.NextSingle()) - 2)];
            return new TuneSample(p % 2 == 0 ? p % 5 : -1, MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(), [0, 1, 2, 9, 3]);
        })];
        double[] found = ImpactWeights.Of(bundle, 0, [0], Spec, samples, 2, _ => { }, CancellationToken.None)[0];
        float[] weights = Read(bundle, ((ConvolutionStep)bundle.Steps[0]).Weights);
        float[] bias = Read(bundle, ((ConvolutionStep)bundle.Steps[0]).Bias);
        int last = bundle.Steps.Length - 1;
        float[] headWeights = Read(bundle, ((ConvolutionStep)bundle.Steps[last]).Weights);
        float[] headBias = Read(bundle, ((ConvolutionStep)bundle.Steps[last]).Bias);
        double[] expected = new double[Sites];
        foreach (TuneSample sample in samples)
        {
            float[] x = MemoryMarshal.Cast<byte, float>(sample.Input).ToArray();
            double[,] v = new double[Sites, 4];
            for (int s = 0; s < Sites; s++)
            {
                for (int n = 0; n < 4; n++)
                {
                    v[s, n] = bias[n] + Enumerable.Range(0, Channels).Sum(c => (double)weights[(n * Channels) + c] * x[(s * Channels) + c]);
                }
            }

            // Without a label the dense answer counts, and its best class is the fourth.
            int label = sample.Label >= 0 ? sample.Label : 3;
            for (int s = 0; s < Sites; s++)
            {
                for (int n = 0; n < 4; n++)
                {
                    double kept = v[s, n];
                    double step = 1e-5;
                    v[s, n] = kept + step;
                    double up = Loss();
                    v[s, n] = kept - step;
                    double down = Loss();
                    v[s, n] = kept;
                    expected[s] += Math.Abs(kept * (up - down) / (2 * step)) / Pictures;
                }
            }

            double Loss()
            {
                double[] z = [.. Enumerable.Range(0, 5).Select(k => headBias[k] + Enumerable.Range(0, 4).Sum(n
                    => headWeights[(k * 4) + n] * Enumerable.Range(0, Sites).Average(s => v[s, n])))];
                return Math.Log(z.Sum(y => Math.Exp(y - z[label])));
            }
        }

        Assert.Contains(expected, e => e > 1e-3);
        Assert.All(expected.Zip(found), e => Assert.Equal(e.First, e.Second, 1e-3 * expected.Max()));
    }

    private static float[] Read(Bundle bundle, int blob)
    {
        float[] values = new float[bundle.Blobs[blob].Count];
        bundle.Weights.Read(bundle.Blobs[blob].Offset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
