using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;
using EdgeRuntime.Tests.Shared.Bundles;

namespace ModelPacker.Tests.Gradients;

/// <summary>Small fp32 networks around one kind of step each, with convolutions in front, of odd shapes.</summary>
internal static class StepScenes
{
    private static readonly Dictionary<string, Func<NetworkBuilder, int>> _scenes = new()
    {
        ["strided"] = n => n.Convolution(n.Convolution(Input(n, 7, 5, 3), 3, 2, 37), 3, 2, 5),
        ["large window"] = n => n.Convolution(Input(n, 6, 7, 11), 5, 1, 9),
        ["groups"] = n => n.Convolution(n.Convolution(Input(n, 5, 5, 4), 3, 1, 12, 2), 3, 1, 6, 3),
        ["grouped without table"] = n => n.Convolution(n.Convolution(Input(n, 5, 5, 4), 3, 1, 12), 1, 1, 34, 2),
        ["pointwise"] = n => n.Convolution(n.Convolution(Input(n, 3, 5, 40), 1, 1, 33), 1, 1, 70),
        ["pointwise twice read"] = n => n.Concat(n.Convolution(Shared(n), 1, 1, 5), n.Convolution(1, 1, 1, 7)),
        ["many channels"] = n => n.Convolution(n.Convolution(Input(n, 3, 3, 6), 3, 1, 270), 3, 1, 8),
        ["fully connected"] = n => n.Add(new ConvolutionStep("fc", [n.Convolution(Input(n, 4, 3, 3), 3, 1, 5)], n.AddMap(ElementType.F32, 1, 1, 7), 12, 1,
            n.Floats(7 * 60, 7), n.Floats(7), -1, float.NegativeInfinity, float.PositiveInfinity), new GatherTable(1, 12, 12, [.. Enumerable.Range(0, 12)])),
        ["clamped"] = n => n.Add(new ConvolutionStep("relu", [Input(n, 5, 4, 3)], n.AddMap(ElementType.F32, 5, 4, 9), 9, 1, n.Floats(9 * 27, 3), n.Floats(9), -1, 0, 0.8f),
            Windows.Same((5, 4), 3, 1)),
        ["depthwise"] = n => n.Depthwise(n.Depthwise(Input(n, 6, 7, 19), 3, 2), 3, 1),
        ["maximum"] = n => n.Pool(n.Convolution(Input(n, 7, 6, 3), 3, 1, 11), 3, 2, false),
        ["average"] = n => n.Pool(n.Convolution(Input(n, 7, 6, 3), 3, 1, 11), 3, 2, true),
        ["average with padding"] = n => n.Add(new PoolStep("pool", [n.Convolution(Input(n, 5, 5, 3), 3, 1, 9)], n.AddMap(ElementType.F32, 5, 5, 9), true, 9),
            Windows.Same((5, 5), 3, 1)),
        ["global average"] = n => n.GlobalAverage(n.Convolution(Input(n, 6, 5, 3), 3, 1, 10)),
        ["resample"] = n => n.Add(new ResampleStep("resize", [n.Convolution(Input(n, 3, 3, 4), 3, 1, 9)], n.AddMap(ElementType.F32, 2, 2, 9), n.Floats(16)),
            new GatherTable(4, 4, 9, [0, 1, 3, 4, 1, 2, 4, -1, 3, 4, 6, 7, 4, 5, 7, 8])),
        ["gather"] = n => n.Add(new GatherStep("crop", [n.Convolution(Input(n, 4, 4, 3), 3, 1, 6)], n.AddMap(ElementType.F32, 3, 2, 6), 6, 0.5f),
            new GatherTable(6, 1, 16, [3, 3, 7, -1, 0, 15])),
        ["gather pieces"] = n => n.Add(new GatherStep("transpose", [n.Convolution(Input(n, 4, 2, 3), 3, 1, 6)], n.AddMap(ElementType.F32, 6, 1, 8), 1, 0),
            new GatherTable(6, 8, 48, [.. Enumerable.Range(0, 48).Select(i => (i % 8 * 6) + (i / 8))])),
        ["concat"] = n => n.Concat(n.Convolution(Shared(n), 3, 1, 5), 1, n.Depthwise(1, 3, 1)),
        ["concat rows"] = Below,
        ["softmax"] = n => n.Softmax(n.Convolution(Input(n, 3, 3, 4), 3, 1, 9)),
        ["log-softmax"] = n => n.Add(new SoftmaxStep("softmax", [n.Convolution(Input(n, 3, 3, 4), 3, 1, 9)], n.AddMap(ElementType.F32, 3, 3, 9), true)),
        ["lrn"] = n => n.Add(new LrnStep("lrn", [n.Convolution(Input(n, 3, 3, 4), 3, 1, 13)], n.AddMap(ElementType.F32, 3, 3, 13), 5, 0.9f, 0.75f, 1.5f)),
        ["lrn of even size"] = n => n.Add(new LrnStep("lrn", [n.Convolution(Input(n, 3, 3, 4), 3, 1, 3)], n.AddMap(ElementType.F32, 3, 3, 3), 4, 0.9f, 0.6f, 2)),
        ["product"] = n => n.Add(new MatMulStep("product", [n.Convolution(Shared(n), 3, 1, 6), n.Convolution(1, 1, 1, 6)], n.AddMap(ElementType.F32, 6, 1, 4), 2, 3, 10, 4),
            new GatherTable(2, 1, 4, [3, 1]), new GatherTable(2, 1, 3, [2, 2])),
        ["constant"] = n => n.Binary(n.Convolution(Input(n, 3, 3, 4), 3, 1, 5), n.Add(new ConstantStep("constant", [], n.AddMap(ElementType.F32, 3, 3, 5), n.Floats(45))),
            BinaryFunction.Multiply),
        ["lookup"] = n => Curve(n, 1),
        ["lookup per channel"] = n => Curve(n, 7),
        ["prelu"] = n => n.Add(new UnaryStep("prelu", [n.Convolution(Input(n, 3, 3, 4), 3, 1, 9)], n.AddMap(ElementType.F32, 3, 3, 9), UnaryFunction.LeakyRelu, 0, 0, n.Floats(9))),
    };

    /// <summary>Names of all.</summary>
    public static IEnumerable<string> Names => [.. _scenes.Keys, .. Functions().Select(f => "unary " + f), .. Enum.GetValues<BinaryFunction>().Select(f => "binary " + f)];

    /// <summary>Whether a scene has corners, which differences over long steps run into.</summary>
    public static bool HasCorners(string name) => name is "maximum" or "clamped" or "prelu" || name.StartsWith("lookup", StringComparison.Ordinal)
        || name.StartsWith("binary", StringComparison.Ordinal) || (name.StartsWith("unary", StringComparison.Ordinal) && (name.Split(' ')[1] is "Relu" or "Clip"
        or "LeakyRelu" or "HardSigmoid" or "HardSwish" or "Elu" or "Abs" or "Selu" or "ThresholdedRelu"));

    /// <summary>Builds one.</summary>
    public static Bundle Create(string name, int seed)
    {
        NetworkBuilder net = new(seed);
        string last = name.Split(' ')[^1];
        net.Output(name.StartsWith("unary ", StringComparison.Ordinal) ? Unary(net, Enum.Parse<UnaryFunction>(last))
            : name.StartsWith("binary ", StringComparison.Ordinal) ? Binary(net, Enum.Parse<BinaryFunction>(last)) : _scenes[name](net));
        return net.Build();
    }

    private static IEnumerable<UnaryFunction> Functions() => Enum.GetValues<UnaryFunction>().Except([UnaryFunction.Floor, UnaryFunction.Ceiling]);

    private static int Input(NetworkBuilder net, int height, int width, int channels) => net.Input(ElementType.F32, height, width, channels);

    // Map 1.
    private static int Shared(NetworkBuilder net) => net.Convolution(Input(net, 4, 5, 3), 3, 1, 6);

    private static int Below(NetworkBuilder net)
    {
        int first = net.Convolution(Input(net, 3, 4, 3), 3, 1, 5);
        int second = net.Convolution(0, 3, 2, 5);
        return net.Add(new ConcatStep("below", [first, second], net.AddMap(ElementType.F32, 16, 1, 5), true), null, null);
    }

    // Tables that rise by two or three units at a time: their corners are flat.
    private static int Curve(NetworkBuilder net, int tables)
    {
        int source = net.Convert(net.Convolution(Input(net, 5, 4, 3), 3, 1, 7));
        sbyte[] table = new sbyte[256 * tables];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = i % 256 < 75 ? (sbyte)-128 : (sbyte)Math.Min(table[i - 1] + net.Random.Next(2, 4), 127);
        }

        return net.Add(new LookupStep("lookup", [source], net.AddMap(ElementType.S8, 5, 4, 7), net.Blob(table)));
    }

    private static int Unary(NetworkBuilder net, UnaryFunction function)
    {
        int source = Positive(net, net.Convolution(Input(net, 3, 4, 3), 3, 1, 7), function is UnaryFunction.Log or UnaryFunction.Sqrt or UnaryFunction.Reciprocal);
        (float alpha, float beta) = function switch
        {
            UnaryFunction.Clip => (-0.4f, 0.6f),
            UnaryFunction.HardSigmoid => (0.9f, 0.45f),
            UnaryFunction.Selu => (1.67f, 1.05f),

            // With any other threshold it jumps.
            UnaryFunction.ThresholdedRelu => (0, 0),
            _ => (0.3f, 0.2f),
        };
        return net.Add(new UnaryStep("unary", [source], net.AddMap(ElementType.F32, 3, 4, 7), function, alpha, beta, -1));
    }

    private static int Binary(NetworkBuilder net, BinaryFunction function)
    {
        int input = Input(net, 4, 4, 3);
        int first = Positive(net, net.Convolution(input, 3, 1, 9), function == BinaryFunction.Power);
        int second = Positive(net, net.Convolution(input, 3, 1, 9), function is BinaryFunction.Power or BinaryFunction.Divide);
        int output = net.AddMap(ElementType.F32, 3, 2, 9);

        // Both sides through tables in which rows repeat.
        return net.Add(new BinaryStep("binary", [first, second], output, function, -0.9f, 2.5f),
            new GatherTable(6, 1, 16, [0, 5, 5, 15, 2, 9]), new GatherTable(6, 1, 16, [1, 1, 8, 14, 2, 0]));
    }

    private static int Positive(NetworkBuilder net, int map, bool wanted)
    {
        if (!wanted)
        {
            return map;
        }

        (int height, int width) = net.Extent(map);
        int output = net.AddMap(ElementType.F32, height, width, net.Maps[map].Channels);
        int sigmoid = net.Add(new UnaryStep("sigmoid", [map], output, UnaryFunction.Sigmoid, 0, 0, -1));
        output = net.AddMap(ElementType.F32, height, width, net.Maps[map].Channels);
        return net.Add(new UnaryStep("shift", [sigmoid], output, UnaryFunction.Linear, 1, 0.3f, -1));
    }
}
