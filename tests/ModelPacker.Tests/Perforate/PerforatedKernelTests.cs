using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

[Collection(nameof(KernelVariables))]
public class PerforatedKernelTests
{
    [Fact]
    public void EveryKernelGivesTheSameAnswersAtPerforatedPoints()
    {
        string[] variants = [.. KernelRegistry.Families.SelectMany(f => f).Where(v => v.IsSupported).Select(v => v.Name).Distinct()];
        Assert.Contains("reference", variants);
        for (int seed = 100; seed < 112; seed++)
        {
            byte[] bundle = Perforated(seed);
            string expected = KernelVariables.Forced("reference", () => Hashes(bundle));
            foreach (string variant in variants)
            {
                Assert.Equal($"{variant} {seed}: {expected}", $"{variant} {seed}: {KernelVariables.Forced(variant, () => Hashes(bundle))}");
            }
        }
    }

    // A dense point and one of every kind of mask.
    private static byte[] Perforated(int seed)
    {
        using Bundle bundle = RandomNetwork.Create(seed, side: 11);
        Perforator perforator = new(bundle);
        Random random = new(seed);
        PointAssembler assembler = new(bundle);
        foreach (MaskKind kind in MaskKinds.Automatic)
        {
            Dictionary<int, Support> masks = [];
            for (int i = 0; i < bundle.Steps.Length; i++)
            {
                int sites = bundle.Points[0].Rows[bundle.Steps[i].Output];
                if (perforator.CanPerforate(i) && sites > 1)
                {
                    double[] weights = [.. Enumerable.Range(0, sites).Select(_ => random.NextDouble())];
                    int width = Enumerable.Range(1, sites).Last(w => sites % w == 0 && w * w <= sites);
                    MaskMaker maker = new(sites / width, width) { Impact = weights, Coverage = [.. weights.Select(w => Math.Floor(4 * w))], Errors = RandomErrors.Of(sites / width, width, random) };
                    masks.Add(i, maker.Make(kind, 0.1 + (0.8 * random.NextDouble()), random.Next()));
                }
            }

            assembler.Add(kind.ToString(), perforator.Compile(masks));
        }

        return BundleBytes.Of(assembler.Build([]));
    }

    private static string Hashes(byte[] bytes)
    {
        using EdgeModel model = EdgeModel.Load(bytes);
        using Session session = model.CreateSession(2);
        return string.Join(' ', Enumerable.Range(0, model.Bundle.Points.Length).Select(p =>
        {
            session.Point = p;
            session.SetGoldenInput();
            session.Run();
            return session.HashOutputs();
        }));
    }
}
