using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Perforate;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class SensitivityEstimateTests
{
    private const int Side = 12;
    private const int Channels = 6;
    private const int Pictures = 160;

    private static readonly InputSpec Spec = InputSpec.Parse("""{ "input": { "width": 12, "height": 12 }, "task": "classification", "output": { "kind": "logits" } }"""u8.ToArray(), "test");

    [Fact]
    public void TheEstimateFollowsWhatTheNetworkAnswersAndMasksMadeFromItHarmLess()
    {
        NetworkBuilder net = new(11);
        int first = net.Convolution(net.Input(ElementType.F32, Side, Side, Channels), 3, 1, 8);
        int second = net.Convolution(first, 3, 1, 8);
        net.Output(net.Convolution(net.GlobalAverage(net.Pool(second, 3, 2, average: false)), 1, 1, 5));
        using Bundle bundle = net.Build();
        (int, int)[] grids = [.. Enumerable.Range(0, bundle.Maps.Length).Select(net.Extent)];
        Perforator perforator = new(bundle);
        SampleRunner runner = new(Spec, labelled: false, 2, CancellationToken.None);
        TuneSample[] samples = Samples(bundle);
        Dictionary<int, StandInErrors> errors = SensitivityEstimate.Of(bundle, grids, [0, 1], Spec, samples[..((Pictures / 2) + 3)], 1, 2, new Silent(), CancellationToken.None);
        DivergenceEstimate estimate = new(errors);
        Assert.True(estimate.IsKnown);
        Assert.Equal(0, estimate.Of(new Dictionary<int, Support>()));
        List<(double Estimated, double Measured)> pairs = [];
        foreach (int step in (int[])[0, 1])
        {
            MaskMaker maker = new(Side, Side) { Errors = errors[step] };
            foreach (double share in (double[])[0.75, 0.5, 0.25])
            {
                double random = Enumerable.Range(0, 4).Average(draw => Harm(step, maker.Make(MaskKind.Uniform, share, draw)));
                double made = Harm(step, maker.Make(MaskKind.Fisher, share, 1));
                Assert.True(made < 0.7 * random, $"step {step}, share {share}: {made} against {random}");
            }
        }

        double[] estimated = Ranks([.. pairs.Select(p => p.Estimated)]);
        double[] measured = Ranks([.. pairs.Select(p => p.Measured)]);
        double rank = 1 - (6 * estimated.Zip(measured, (a, b) => (a - b) * (a - b)).Sum() / (Math.Pow(pairs.Count, 3) - pairs.Count));
        Assert.True(rank > 0.8, $"{rank}");

        // On pictures that the masks were not made from.
        double Harm(int step, Support support)
        {
            Dictionary<int, Support> masks = new() { [step] = support };
            PointAssembler assembler = new(bundle);
            assembler.Add("sparse", perforator.Compile(masks));
            double divergence = runner.Measure(assembler.Build([]), 1, samples[((Pictures / 2) + 3)..]).Divergence;
            pairs.Add((estimate.Of(masks), divergence));
            return divergence;
        }
    }

    private static double[] Ranks(double[] values) => [.. values.Select(v => (double)values.Count(o => o < v))];

    // Smooth noise that neighbours share, as in pictures; more happens on the right than on the left.
    private static TuneSample[] Samples(Bundle bundle)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession();
        return [.. Enumerable.Range(0, Pictures).Select(p =>
        {
            float[] rows = new float[Side * Side * Channels];
            Random random = new(p);
            for (int c = 0; c < Channels; c++)
            {
                (double fy, double fx, double phase) = (0.2 + (0.6 * random.NextDouble()), 0.2 + (0.6 * random.NextDouble()), 6 * random.NextDouble());
                for (int s = 0; s < Side * Side; s++)
                {
                    rows[(s * Channels) + c] = (float)((0.02 + Math.Pow((double)(s % Side) / Side, 2)) * (Math.Sin((fy * (s / Side)) + (fx * (s % Side)) + phase) + (0.2 * random.NextDouble())));
                }
            }

            rows.CopyTo(session.MapRows<float>(bundle.Inputs[0].Map));
            session.Run();
            float[] answer = new float[5];
            session.GetOutput(0, answer);
            return new TuneSample(-1, System.Runtime.InteropServices.MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(), answer);
        })];
    }
}
