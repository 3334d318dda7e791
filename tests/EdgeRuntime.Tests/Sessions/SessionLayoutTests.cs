using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

public sealed class SessionLayoutTests
{
    [Theory]
    [InlineData(new[] { 1, 3, 4, 5 }, 1, 20, 3)] // NCHW
    [InlineData(new[] { 2, 3, 4, 5 }, 1, 40, 3)] // NCHW, two pictures
    [InlineData(new[] { 1, 4, 5, 3 }, 3, 20, 3)] // NHWC
    [InlineData(new[] { 2, 7 }, 1, 2, 7)] // N, C
    [InlineData(new[] { 1, 6, 7 }, 2, 6, 7)] // N, L, C
    [InlineData(new[] { 1, 7, 6 }, 1, 6, 7)] // N, C, L
    [InlineData(new[] { 1, 6, 7 }, -1, 14, 3)] // as it comes
    [InlineData(new int[0], -1, 1, 1)] // a scalar
    public void ValuesKeepTheModelsOrder(int[] dims, int axis, int rows, int channels)
    {
        foreach (ElementType type in (ElementType[])[ElementType.S8, ElementType.F32])
        {
            using EdgeModel model = EdgeModel.Load(Copying(type, dims, axis, rows, channels));
            using Session session = model.CreateSession();
            int count = rows * channels;
            float[] values = [.. Enumerable.Range(0, count).Select(i => (i - (count / 2)) * 0.05f)];
            float[] back = new float[count];
            session.SetInput(0, values);
            session.Run();
            session.GetOutput(0, back);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(values[i], back[i], 5);
            }

            float[] dense = new float[count];
            session.CopyMap(model.Bundle.Inputs[0].Map, dense);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(values[i], dense[RowMajor(i, dims, axis, channels)], 5);
            }
        }
    }

    [Fact]
    public void Int8InputsAreClampedAndRoundedToEven()
    {
        using EdgeModel model = EdgeModel.Load(Copying(ElementType.S8, [1, 6], 1, 1, 6));
        using Session session = model.CreateSession();
        session.SetInput(0, [1e9f, -1e9f, float.NaN, 0.125f, 0.5f, float.PositiveInfinity]);
        Assert.Equal([127, -128, -3, -1, 7, 127], session.MapRows<sbyte>(0).ToArray().Select(v => (int)v));
    }

    [Fact]
    public void WrongSizesAreNamed()
    {
        using EdgeModel model = EdgeModel.Load(Copying(ElementType.F32, [1, 6], 1, 1, 6));
        using Session session = model.CreateSession();
        Assert.Contains("[1, 6]", Assert.Throws<ArgumentException>(() => session.SetInput(0, new float[5])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => session.GetOutput(0, new float[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Point = 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateSession(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.CreateSession(65));
    }

    [Fact]
    public void OutputsInsideAConcatenationAreRead()
    {
        NetworkBuilder net = new(1);
        int input = net.Input(ElementType.S8, 3, 3, 2);
        int a = net.Convolution(input, 1, 1, 5);
        int joined = net.Concat(net.Lookup(input), a);
        net.Output(joined);
        net.Output(a);
        using EdgeModel model = EdgeModel.Load(net.Build());
        using Session session = model.CreateSession();
        session.SetGoldenInput();
        session.Run();
        float[] all = new float[9 * 7];
        float[] part = new float[9 * 5];
        session.GetOutput(0, all);
        session.GetOutput(1, part);
        Assert.Equal(all[(9 * 2)..], part);
        Assert.Throws<InvalidOperationException>(() => session.MapRows<sbyte>(a).Length);
    }

    private static int RowMajor(int index, int[] dims, int axis, int channels)
    {
        if (axis < 0)
        {
            return index;
        }

        int channel = 0;
        int row = 0;
        int scale = 1;
        for (int d = dims.Length - 1; d >= 0; d--)
        {
            int at = index % dims[d];
            index /= dims[d];
            if (d == axis)
            {
                channel = at;
                continue;
            }

            row += at * scale;
            scale *= dims[d];
        }

        return (row * channels) + channel;
    }

    // Copies its input: a gather without a table.
    private static Bundle Copying(ElementType type, int[] dims, int axis, int rows, int channels)
    {
        NetworkBuilder net = new(1);
        int input = net.AddMap(type, rows, 1, channels);
        int output = net.AddMap(type, rows, 1, channels);
        net.Add(new GatherStep("copy", [input], output, channels, 0));
        net.AddPorts(new Port("in", input, dims, axis), new Port("out", output, dims, axis));
        return net.Build();
    }
}
