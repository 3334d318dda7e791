using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public class PerforatorTests
{
    public static TheoryData<int> Seeds() => new(Enumerable.Range(0, 60));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EqualsADenseRunWhoseSkippedSitesAreOverwritten(int seed)
    {
        using Bundle bundle = RandomNetwork.Create(seed, steps: 6 + (seed % 14));
        Perforator perforator = new(bundle);
        Random random = new(seed);
        for (int trial = 0; trial < 3; trial++)
        {
            Dictionary<int, Support> masks = RandomMasks(bundle, perforator, random);
            PointAssembler assembler = new(bundle);
            PointTables tables = perforator.Compile(masks);
            assembler.Add("sparse", tables);
            Bundle both = assembler.Build([]);
            ulong naive = Hash(Overwriting(bundle, masks), 0, 1);
            ulong dense = Hash(bundle, 0, 1);
            foreach (int threads in (int[])[1, 2, 3])
            {
                Assert.Equal(naive, Hash(both, 1, threads));
                Assert.Equal(dense, Hash(both, 0, threads));
            }

            Assert.True(masks.Count == 0 || both.Macs(both.Points[1]) < both.Macs(both.Points[0]));
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void FullSupportsAreTheDensePoint(int seed)
    {
        using Bundle bundle = RandomNetwork.Create(seed);
        Perforator perforator = new(bundle);
        Dictionary<int, Support> full = Enumerable.Range(0, bundle.Steps.Length).Where(perforator.CanMask).ToDictionary(i => i, i =>
        {
            int[] all = [.. Enumerable.Range(0, bundle.Points[0].Rows[bundle.Steps[i].Output])];
            return new Support(all, all);
        });
        PointAssembler assembler = new(bundle);
        OperatingPoint point = assembler.Add("full", perforator.Compile(full));
        Bundle both = assembler.Build([]);
        Assert.Equal(both.Points[0].Rows, point.Rows);
        Assert.Equal(both.Points[0].Tables, point.Tables);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhatWasCompiledBeforeIsFoundAgainOnlyWhereItIsTheSame(int seed)
    {
        // As a search does: one mask after the other changes, goes and comes back, on several threads.
        using Bundle bundle = RandomNetwork.Create(seed, steps: 6 + (seed % 14));
        Perforator shared = new(bundle);
        Random random = new(seed);
        Dictionary<int, Support>[] pool = [.. Enumerable.Range(0, 3).Select(_ => RandomMasks(bundle, shared, random))];
        List<Dictionary<int, Support>> networks = [];
        for (int i = 0; i < 24; i++)
        {
            Dictionary<int, Support> masks = networks.Count == 0 ? [] : new(networks[^1]);
            Dictionary<int, Support> from = pool[random.Next(pool.Length)];
            if (from.Count > 0 && from.ElementAt(random.Next(from.Count)) is var (step, mask) && !masks.Remove(step))
            {
                masks.Add(step, mask);
            }

            networks.Add(masks);
        }

        PointTables[] found = new PointTables[networks.Count];
        Parallel.For(0, networks.Count, new ParallelOptions { MaxDegreeOfParallelism = 3 }, i => found[i] = shared.Compile(networks[i]));
        for (int i = 0; i < networks.Count; i++)
        {
            PointTables alone = new Perforator(bundle).Compile(networks[i]);
            Assert.Equal(alone.Rows, found[i].Rows);
            Assert.Equal(alone.Tables, found[i].Tables);
            Assert.Equal(alone.Supports.Select(s => (s?.Kept, s?.Nearest)), found[i].Supports.Select(s => (s?.Kept, s?.Nearest)), Arrays);
        }
    }

    [Fact]
    public void PointwiseStepsRunOnTheKeptRowsOnly()
    {
        NetworkBuilder net = new(7);
        int x = net.Input(ElementType.S8, 8, 8, 4);
        int conv = net.Convolution(x, 3, 1, 16);
        int lookup = net.Lookup(conv);
        int pointwise = net.Convolution(lookup, 1, 1, 24);
        int sum = net.Binary(pointwise, pointwise, 0);
        net.Output(net.GlobalAverage(sum));
        using Bundle bundle = net.Build();
        Support mask = new MaskMaker(8, 8).Make(MaskKind.Uniform, 0.25, 1);
        PointTables tables = new Perforator(bundle).Compile(new Dictionary<int, Support> { [0] = mask });
        foreach (int map in (int[])[conv, lookup, pointwise, sum])
        {
            Assert.Equal(16, tables.Rows[map]);
        }

        Assert.All(tables.Tables.Take(4).Skip(1), t => Assert.All(t, Assert.Null));
    }

    [Fact]
    public void BranchesOfDifferentSupportsMeetInTheirCommonRefinement()
    {
        NetworkBuilder net = new(9);
        int x = net.Input(ElementType.S8, 6, 6, 4);
        int a = net.Convolution(x, 3, 1, 8);
        int b = net.Convolution(x, 3, 1, 8);
        int sum = net.Binary(a, b, 0);
        net.Output(net.GlobalAverage(sum));
        using Bundle bundle = net.Build();
        MaskMaker maker = new(6, 6);
        Support one = maker.Make(MaskKind.Uniform, 0.3, 1);
        Support other = maker.Make(MaskKind.Uniform, 0.3, 2);
        PointTables tables = new Perforator(bundle).Compile(new Dictionary<int, Support> { [0] = one, [1] = other });
        Assert.Equal(one.Nearest.Zip(other.Nearest).Distinct().Count(), tables.Rows[sum]);

        PointTables equal = new Perforator(bundle).Compile(new Dictionary<int, Support> { [0] = one, [1] = maker.Make(MaskKind.Uniform, 0.3, 1) });
        Assert.Equal(10, equal.Rows[sum]);
        Assert.All(equal.Tables[2], Assert.Null);
    }

    [Fact]
    public void AnswersKeepAllTheirRows()
    {
        NetworkBuilder net = new(11);
        int x = net.Input(ElementType.S8, 6, 6, 4);
        int a = net.Convolution(x, 3, 1, 8);
        net.Output(net.Convolution(a, 1, 1, 3));
        using Bundle bundle = net.Build();
        Perforator perforator = new(bundle);
        Assert.True(perforator.CanPerforate(0));
        PointTables tables = perforator.Compile(new Dictionary<int, Support> { [0] = new MaskMaker(6, 6).Make(MaskKind.Grid, 0.5, 1) });
        Assert.Equal(36, tables.Rows[bundle.Outputs[0].Map]);
    }

    [Theory]
    [InlineData(2, 12)]
    [InlineData(4, 6)]
    [InlineData(12, 2)]
    [InlineData(24, 1)]
    public void RowsThatAreRegroupedBehindAMaskAreThoseOfTheOracle(int width, int pieces)
    {
        // Detection heads: each row of a map becomes several narrow ones.
        for (int seed = 0; seed < 10; seed++)
        {
            NetworkBuilder net = new(seed);
            int conv = net.Convolution(net.Input(ElementType.S8, 5, 6, 4), 3, 1, 24);
            int regrouped = net.Add(new GatherStep("regroup", [conv], net.AddMap(ElementType.S8, 30 * pieces, 1, width), width, 0),
                new GatherTable(30 * pieces, 1, 30 * pieces, [.. Enumerable.Range(0, 30 * pieces)]));
            net.Output(net.GlobalAverage(net.Convolution(regrouped, 1, 1, 5)));
            using Bundle bundle = net.Build();
            Perforator perforator = new(bundle);
            foreach (double share in (double[])[0.1, 0.5, 1])
            {
                Dictionary<int, Support> masks = new() { [0] = new MaskMaker(5, 6).Make(MaskKind.Uniform, share, seed) };
                PointAssembler assembler = new(bundle);
                assembler.Add("sparse", perforator.Compile(masks));
                Assert.Equal(Hash(Overwriting(bundle, masks), 0, 1), Hash(assembler.Build([]), 1, 1));
            }
        }
    }

    private static bool Arrays((int[]? Kept, int[]? Nearest) a, (int[]? Kept, int[]? Nearest) b)
        => a.Kept.AsSpan().SequenceEqual(b.Kept) && a.Nearest.AsSpan().SequenceEqual(b.Nearest) && a.Kept is null == b.Kept is null;

    // The oracle: every masked step computes all its sites, then a copy puts each site's stand-in in its place.
    private static Bundle Overwriting(Bundle bundle, Dictionary<int, Support> masks)
    {
        List<Map> maps = [.. bundle.Maps];
        List<int> rows = [.. bundle.Points[0].Rows];
        List<GatherTable> tables = [.. bundle.Tables];
        List<Step> steps = [];
        List<int[]> numbers = [];
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            if (!masks.TryGetValue(i, out Support? mask))
            {
                steps.Add(step);
                numbers.Add(bundle.Points[0].Tables[i]);
                continue;
            }

            maps.Add(bundle.Maps[step.Output] with { Name = step.Name + "/raw" });
            rows.Add(mask.Sites);
            steps.Add(step switch
            {
                ConvolutionStep s => s with { Output = maps.Count - 1 },
                DepthwiseStep s => s with { Output = maps.Count - 1 },
                _ => throw new InvalidOperationException(),
            });
            numbers.Add(bundle.Points[0].Tables[i]);
            steps.Add(new GatherStep(step.Name + "/copy", [maps.Count - 1], step.Output, bundle.Maps[step.Output].Channels, 0));
            numbers.Add([tables.Count]);
            tables.Add(new GatherTable(mask.Sites, 1, mask.Sites, Array.ConvertAll(mask.Nearest, n => mask.Kept[n])));
        }

        return new Bundle
        {
            Name = bundle.Name,
            Producer = "tests",
            Maps = [.. maps],
            Steps = [.. steps],
            Tables = [.. tables],
            Blobs = bundle.Blobs,
            Weights = bundle.Weights,
            Points = [new OperatingPoint { Name = "dense", Rows = [.. rows], Tables = [.. numbers] }],
            Inputs = bundle.Inputs,
            Outputs = bundle.Outputs,
        };
    }

    private static Dictionary<int, Support> RandomMasks(Bundle bundle, Perforator perforator, Random random)
    {
        Dictionary<int, Support> masks = [];
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            int sites = bundle.Points[0].Rows[bundle.Steps[i].Output];
            if (perforator.CanMask(i) && sites > 1 && random.Next(4) > (perforator.CanPerforate(i) ? 0 : 2))
            {
                int width = Enumerable.Range(1, sites).Last(w => sites % w == 0 && w * w <= sites);
                MaskMaker maker = new(sites / width, width);
                masks.Add(i, maker.Make(random.Next(2) == 0 ? MaskKind.Uniform : MaskKind.Grid, 0.05 + (0.85 * random.NextDouble()), random.Next()));
            }
        }

        return masks;
    }

    private static ulong Hash(Bundle bundle, int point, int threads)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession(threads);
        session.Point = point;
        session.SetGoldenInput();
        session.Run();
        return session.HashOutputs();
    }
}
