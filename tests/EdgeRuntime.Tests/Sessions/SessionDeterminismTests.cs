using System.Globalization;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

[Collection(nameof(KernelVariables))]
public sealed class SessionDeterminismTests
{
    [Fact]
    public void ThreadsDoNotChangeResults()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            using EdgeModel model = EdgeModel.Load(RandomNetwork.Create(seed, steps: 10, side: 28));
            ulong[] one = Hashes(model, 1);
            for (int threads = 2; threads <= 4; threads++)
            {
                Assert.Equal(one, Hashes(model, threads));
            }
        }
    }

    [Fact]
    public void KernelsDoNotChangeResults()
    {
        string[] names = [.. KernelRegistry.Families.SelectMany(f => f).Where(v => v.IsSupported).Select(v => v.Name).Distinct()];
        Assert.Contains("reference", names);
        List<byte[]> bundles = [BundleBytes.Of(EveryStepNetwork.Create())];
        for (int seed = 0; seed < 12; seed++)
        {
            bundles.Add(BundleBytes.Of(RandomNetwork.Create(seed, side: 9)));
        }

        foreach (byte[] bundle in bundles)
        {
            ulong[] expected = KernelVariables.Forced("reference", () => Hashes(bundle));
            Assert.Equal(expected, Hashes(bundle));
            foreach (string name in names)
            {
                Assert.Equal(expected, KernelVariables.Forced(name, () => Hashes(bundle)));
            }
        }
    }

    [Fact]
    public void RunsDoNotChangeResults()
    {
        using EdgeModel model = EdgeModel.Load(RandomNetwork.Create(5));
        using Session session = model.CreateSession(2);
        session.SetGoldenInput();
        session.Run();
        ulong first = session.HashOutputs();
        for (int i = 0; i < 20; i++)
        {
            session.Run();
            Assert.Equal(first, session.HashOutputs());
        }
    }

    // Recorded once: a change of these numbers is a change of what every packed bundle computes.
    [Theory]
    [InlineData(0, "68c0fb46c6961f27")]
    [InlineData(1, "e6e54938fe0a11e7")]
    [InlineData(-1, "fd9bb863b412b57c")]
    public void TheGoldenHashIsStable(int seed, string expected)
    {
        using EdgeModel model = EdgeModel.Load(seed < 0 ? EveryStepNetwork.Create() : RandomNetwork.Create(seed));
        Assert.Equal(expected, Hashes(model, 1)[0].ToString("x16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void FullSupportsGiveTheDenseResult()
    {
        NetworkBuilder net = new(3);
        int map = net.Convolution(net.Input(ElementType.S8, 10, 10, 5), 3, 1, 9);
        net.Output(net.Convolution(map, 3, 2, 6));
        using EdgeModel model = EdgeModel.Load(net.Build(new HashSet<int>()));
        ulong[] hashes = Hashes(model, 1);
        Assert.Equal(hashes[0], hashes[1]);
    }

    private static ulong[] Hashes(byte[] bundle)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        return Hashes(model, 2);
    }

    private static ulong[] Hashes(EdgeModel model, int threads)
    {
        using Session session = model.CreateSession(threads);
        ulong[] hashes = new ulong[model.Bundle.Points.Length];
        for (int point = 0; point < hashes.Length; point++)
        {
            session.Point = point;
            session.SetGoldenInput();
            session.Run();
            hashes[point] = session.HashOutputs();
        }

        return hashes;
    }
}
