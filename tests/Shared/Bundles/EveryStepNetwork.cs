using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>A small network that holds every kind of step.</summary>
public static class EveryStepNetwork
{
    /// <summary>Makes it; <paramref name="inputSpec"/> goes into the bundle.</summary>
    public static Bundle Create()
    {
        NetworkBuilder net = new(42);
        int input = net.Input(ElementType.S8, 6, 6, 4);
        int conv = net.Convolution(input, 3, 1, 8);
        int lookup = net.Lookup(conv);
        int depthwise = net.Depthwise(lookup, 3, 1);
        int joined = net.Concat(depthwise, conv);
        int pooled = net.Pool(joined, 2, 2, average: false);
        int sum = net.Binary(pooled, pooled, BinaryFunction.Add);
        int lrn = net.Add(new LrnStep("lrn", [sum], net.AddMap(ElementType.S8, 3, 3, 16), 5, 1e-4f, 0.75f, 1));
        int resized = net.Add(new ResampleStep("resample", [lrn], net.AddMap(ElementType.S8, 2, 2, 16), net.Floats(16)),
            new GatherTable(4, 4, 9, [0, 1, 3, 4, 1, 2, 4, 5, 3, 4, 6, 7, 4, 5, 7, 8]));
        int transposed = net.Add(new GatherStep("transpose", [resized], net.AddMap(ElementType.S8, 16, 1, 4), 1, -3),
            new GatherTable(16, 4, 64, [.. Enumerable.Range(0, 64).Select(i => (i % 4 * 16) + (i / 4))]));
        int real = net.Convert(transposed);
        int sigmoid = net.Add(new UnaryStep("sigmoid", [real], net.AddMap(ElementType.F32, 16, 1, 4), UnaryFunction.Sigmoid, 0, 0, -1));
        int prelu = net.Add(new UnaryStep("prelu", [sigmoid], net.AddMap(ElementType.F32, 16, 1, 4), UnaryFunction.LeakyRelu, 0, 0, net.Floats(4)));
        int constant = net.Add(new ConstantStep("constant", [], net.AddMap(ElementType.F32, 4, 1, 3), net.Floats(12)));
        int product = net.Add(new MatMulStep("product", [prelu, constant], net.AddMap(ElementType.F32, 16, 1, 3), 1, 16, 4, 3), null, null);
        int below = net.Add(new ConcatStep("below", [product, product], net.AddMap(ElementType.F32, 32, 1, 3), true), null, null);
        net.Output(net.Softmax(below));
        net.Output(sum);
        return net.Build();
    }
}
