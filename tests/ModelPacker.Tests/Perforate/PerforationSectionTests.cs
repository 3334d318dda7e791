using System.Buffers;
using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using MessagePack;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public sealed class PerforationSectionTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Bundle _bundle;
    private readonly PerforationSection _section;

    public PerforationSectionTests()
    {
        NetworkBuilder net = new(7);
        int x = net.Input(ElementType.S8, 6, 9, 4);
        int conv = net.Convolution(x, 3, 1, 8);
        net.Output(net.GlobalAverage(net.Convolution(conv, 3, 1, 8)));
        _bundle = net.Build(new HashSet<int> { 0 });
        Support mask = new MaskMaker(6, 9).Make(MaskKind.Uniform, 0.4, 1);
        _section = new PerforationSection([.. Enumerable.Range(0, _bundle.Maps.Length).Select(net.Extent)],
            [[], [new PerforatedStep(0, "uniform", mask.Kept, mask.Ties(6, 9)), new PerforatedStep(1, "grid", [53])]]);
    }

    public void Dispose()
    {
        _bundle.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ComesBackAsItWas()
    {
        PerforationSection again = Read(_section.ToExtra().Bytes)!;
        Assert.Equal(_section.Grids, again.Grids);
        Assert.Equal(2, again.Masks.Length);
        Assert.Empty(again.Masks[0]);
        Assert.Equal(_section.Masks[1].Select(s => (s.Step, s.Kind)), again.Masks[1].Select(s => (s.Step, s.Kind)));
        Assert.Equal(_section.Masks[1].Select(s => s.Kept), again.Masks[1].Select(s => s.Kept));
        Assert.NotEmpty(_section.Masks[1][0].Ties!);
        Assert.Equal(_section.Masks[1].Select(s => s.Ties), again.Masks[1].Select(s => s.Ties));
    }

    [Fact]
    public void ABundleWithoutItHasNone()
    {
        string path = _folder.File("plain.edge");
        File.WriteAllBytes(path, BundleBytes.Of(_bundle));
        Assert.Null(PerforationSection.Read(path, _bundle));
    }

    [Fact]
    public void EveryTruncationIsABundleException()
    {
        byte[] bytes = _section.ToExtra().Bytes;
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<BundleException>(() => Read(bytes[..length]));
        }

        Assert.Throws<BundleException>(() => Read([.. bytes, 0]));
    }

    [Fact]
    public void ChangedBytesAreReadOrRefusedButNeverCrash()
    {
        byte[] bytes = _section.ToExtra().Bytes;
        byte[] values = [0, 1, 0x7f, 0x80, 0x90, 0x9f, 0xa0, 0xc0, 0xc4, 0xc6, 0xcb, 0xcf, 0xd3, 0xd9, 0xdc, 0xdd, 0xdf, 0xe0, 0xff];
        string path = _folder.File("hostile.edge");
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte value in values)
            {
                byte[] changed = [.. bytes];
                changed[at] = value;
                Exception? e = Record.Exception(() => Read(changed, path));
                Assert.True(e is null or BundleException, $"byte {at} = {value:x2}: {e}");
            }
        }
    }

    [Fact]
    public void WhatDoesNotFitTheNetworkIsRefused()
    {
        (int, int)[] grids = _section.Grids;
        int[] one = [0];
        Refused(_section with { Grids = grids[..^1] });
        Refused(_section with { Grids = [.. grids, (1, 1)] });
        Refused(_section with { Masks = [[]] });
        Refused(_section with { Masks = [[], [], []] });
        Refused(_section with { Grids = [(9, 5), .. grids[1..]] });
        Refused(_section with { Grids = [(-6, -9), .. grids[1..]] });
        Refused(_section with { Grids = [(6, 0), .. grids[1..]] });
        Refused(_section with { Grids = [(65536, 65536), .. grids[1..]] });
        foreach (PerforatedStep step in (PerforatedStep[])[new(-1, "grid", one), new(3, "grid", one), new(int.MaxValue, "grid", one), new(0, "grid", []), new(0, "grid", [54]),
            new(0, "grid", [0, 54]), new(0, "grid", [100_000])])
        {
            Refused(_section with { Masks = [[], [step]] });
        }

        // A step twice, and a mask of the dense point.
        Refused(_section with { Masks = [[], [new(0, "grid", one), new(0, "grid", one)]] });
        Refused(_section with { Masks = [[new(0, "grid", one)], []] });
    }

    [Fact]
    public void CountsBeyondTheBytesAreRefusedWithoutReservingMemory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<BundleException>(() => Read([0x92, 0xdd, 0x7f, 0xff, 0xff, 0xff]));
        Assert.Throws<BundleException>(() => Read([0x92, 0xdd, 0xff, 0xff, 0xff, 0xff]));
        Assert.Throws<BundleException>(() => Read([0x92, 0x90, 0xdd, 0x7f, 0xff, 0xff, 0xff]));
        Assert.Throws<BundleException>(() => Read([0x92, 0x90, 0x91, 0x91, 0x93, 0x00, 0xa0, 0xc6, 0x7f, 0xff, 0xff, 0xff]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    [Fact]
    public void ManyBitsInSmallGridsCostNoMoreThanTheyAre()
    {
        // A megabyte of set bits where a grid has 54 sites.
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter w = new(buffer);
        w.WriteArrayHeader(2);
        w.WriteArrayHeader(_section.Grids.Length);
        foreach ((int height, int width) in _section.Grids)
        {
            w.WriteArrayHeader(2);
            w.Write(height);
            w.Write(width);
        }

        w.WriteArrayHeader(2);
        w.WriteArrayHeader(0);
        w.WriteArrayHeader(1);
        w.WriteArrayHeader(3);
        w.Write(0);
        w.Write("grid");
        byte[] bits = new byte[1 << 20];
        Array.Fill(bits, (byte)0xff);
        w.Write(bits);
        w.Flush();
        Assert.Throws<BundleException>(() => Read(buffer.WrittenSpan.ToArray()));
    }

    private void Refused(PerforationSection section) => Assert.Throws<BundleException>(() => Read(section.ToExtra().Bytes));

    private PerforationSection? Read(byte[] bytes, string? path = null)
    {
        path ??= _folder.File("x.edge");
        Bundle with = new()
        {
            Name = _bundle.Name,
            Producer = _bundle.Producer,
            Maps = _bundle.Maps,
            Steps = _bundle.Steps,
            Tables = _bundle.Tables,
            Blobs = _bundle.Blobs,
            Weights = _bundle.Weights,
            Points = _bundle.Points,
            Inputs = _bundle.Inputs,
            Outputs = _bundle.Outputs,
            Extras = [new BundleExtra(PerforationSection.Name, bytes)],
        };
        File.WriteAllBytes(path, BundleBytes.Of(with));
        return PerforationSection.Read(path, _bundle);
    }
}
