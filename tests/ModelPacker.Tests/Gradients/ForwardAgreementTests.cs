using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using EdgeRuntime.Tests.Shared.Requirements;
using ModelPacker.Gradients;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tests.Tune;

namespace ModelPacker.Tests.Gradients;

/// <summary>The forward pass computes what the runtime's session does.</summary>
public class ForwardAgreementTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void FloatMapsAreThoseOfTheSession(int point)
    {
        foreach (string scene in StepScenes.Names.Where(n => !n.StartsWith("lookup", StringComparison.Ordinal)))
        {
            using Bundle bundle = StepScenes.Create(scene, 3);
            Compare(bundle, 0, (map, expected, actual) =>
                Assert.True(Math.Abs(expected - actual) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{scene}, map {map}: {actual}, not {expected}"));
        }

        using Bundle network = Network(ElementType.F32);
        Compare(network, point, (map, expected, actual) =>
            Assert.True(Math.Abs(expected - actual) <= 1e-4 * Math.Max(1, Math.Abs(expected)), $"map {map}: {actual}, not {expected}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void FakeQuantizedMapsAreThoseOfTheInt8Session(int point)
    {
        using Bundle bundle = Network(ElementType.S8);
        CompareUnits(bundle, point);
    }

    [Fact]
    public void ConstantsOfAPointBecomeScaleAndShift()
    {
        using Bundle dense = Network(ElementType.S8);
        Random random = new(2);
        Dictionary<int, CorrectedConstants> constants = [];
        foreach (int i in (int[])[0, 1, 2])
        {
            (int bias, int scales) = dense.Steps[i] is ConvolutionStep c ? (c.Bias, c.Scales) : (((DepthwiseStep)dense.Steps[i]).Bias, ((DepthwiseStep)dense.Steps[i]).Scales);
            constants.Add(i, new CorrectedConstants(
                Array.ConvertAll(BundleConstants.Read<int>(dense, bias), b => b + random.Next(-900, 900)), null,
                Array.ConvertAll(BundleConstants.Read<float>(dense, scales), k => k * (0.7f + random.NextSingle()))));
        }

        PointAssembler assembler = new(dense);
        assembler.Add("own", new Perforator(dense).Compile(new Dictionary<int, Support>()), constants);
        using Bundle bundle = assembler.Build([]);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        Assert.Equal([(0, 1), (1, 1), (2, 1)], network.Parameters.Where(p => p.Kind == ParameterKind.ChannelScale).Select(p => (p.Step, p.Point)));
        CompareUnits(bundle, 0);
        CompareUnits(bundle, 1);
    }

    [Fact]
    public void FakeQuantizedDemoNetworkIsTheInt8One()
    {
        PackOptions options = new()
        {
            Model = Path.Combine(Requirement.Root, "tools", "demo-model", "conveyor.onnx"),
            Calibration = "random",
            Limit = 2,
        };
        using Bundle bundle = new PackPipeline(options, new Silent(), null).Run(CancellationToken.None).Bundle;
        CompareUnits(bundle, 0);
    }

    private static void CompareUnits(Bundle bundle, int point)
    {
        int elements = 0;
        int different = 0;
        Compare(bundle, point, (map, expected, actual) =>
        {
            elements++;
            float unit = bundle.Maps[map].Type == ElementType.S8 ? bundle.Maps[map].Scale : 0.05f;

            // A tie that falls to the other side moves what follows by a unit or two.
            Assert.True(Math.Abs(expected - actual) <= 3.01f * unit, $"map {bundle.Maps[map].Name}: {actual}, not {expected}");
            different += Math.Abs(expected - actual) > 0.01f * unit ? 1 : 0;
        });
        Assert.InRange(different, 0, elements / 200);
    }

    // Every map of the session against the run's.
    private static void Compare(Bundle bundle, int point, Action<int, float, float> check)
    {
        Random random = new(11);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true });
        using GradientRun run = network.CreateRun(point, 2, new RunOptions { KeepMaps = Enumerable.Range(0, bundle.Maps.Length).ToHashSet() });
        float[] input = GradientCheck.Fill(random, run.Input(0).Length);
        input.CopyTo(run.Input(0));
        run.Forward(2);
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession();
        session.Point = point;
        for (int p = 0; p < 2; p++)
        {
            session.SetInput(0, ToPort(bundle.Inputs[0], input.AsSpan(p * input.Length / 2, input.Length / 2)));
            for (int i = 0; i < bundle.Steps.Length; i++)
            {
                session.RunStep(i);
                int map = bundle.Steps[i].Output;
                ReadOnlySpan<float> all = run.Map(map);
                ReadOnlySpan<float> actual = all.Slice(p * all.Length / 2, all.Length / 2);
                float[] expected = new float[actual.Length];
                session.CopyMap(map, expected);
                for (int k = 0; k < expected.Length; k++)
                {
                    check(map, expected[k], actual[k]);
                }
            }
        }
    }

    private static float[] ToPort(Port port, ReadOnlySpan<float> rows)
    {
        PortLayout layout = PortLayout.Of(port);
        float[] values = new float[rows.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = rows[layout.ToRows(i)];
        }

        return values;
    }

    private static Bundle Network(ElementType type)
    {
        NetworkBuilder net = new(21);
        bool s8 = type == ElementType.S8;
        int first = net.Convolution(net.Input(type, 9, 8, 5), 3, 1, 14, 1, -3, 127);
        int second = net.Convolution(net.Depthwise(first, 3, 1), 1, 1, 14);
        int sum = net.Binary(first, second, BinaryFunction.Add);
        int curve = s8 ? Curve(net, sum) : sum;
        int pooled = net.Pool(net.Concat(first, net.Convolution(curve, 3, 1, 9, 1)), 3, 2, false);
        int mean = net.Pool(net.Convolution(pooled, 3, 1, 12, 1), 2, 1, true);
        int product = net.Binary(mean, mean, BinaryFunction.Multiply);
        int last = net.Convolution(net.GlobalAverage(product), 1, 1, 6);
        net.Output(net.Softmax(s8 ? net.Convert(last) : last));
        return net.Build(new HashSet<int> { 0, 4 }, new HashSet<int> { 0, 1, 7 });
    }

    // A smooth table: a random one would make a large difference of a small one.
    private static int Curve(NetworkBuilder net, int input)
    {
        int output = net.AddMap(ElementType.S8, net.Extent(input).Height, net.Extent(input).Width, net.Maps[input].Channels);
        sbyte[] table = [.. Enumerable.Range(-128, 256).Select(q => (sbyte)Math.Round(100 * Math.Tanh(q / 60.0)))];
        return net.Add(new LookupStep("curve", [input], output, net.Blob(table)));
    }
}
