using EdgeRuntime.Maps;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Maps;

public sealed class TableCodecTests
{
    [Fact]
    public void RandomTablesComeBack()
    {
        Random random = new(1);
        for (int i = 0; i < 300; i++)
        {
            GatherTable table = Random(random, 1 + random.Next(40), 1 + random.Next(10), 1 + random.Next(1000));
            Assert.Equal(table, TableCodec.TryDecode(TableCodec.Encode(table), table.Rows, table.Taps, table.InputRows));
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 3)]
    public void WindowsComeBackAndAreShort(int kernel, int stride)
    {
        GatherTable table = Windows.Same((64, 64), kernel, stride);
        byte[] bytes = TableCodec.Encode(table);
        Assert.Equal(table, TableCodec.TryDecode(bytes, table.Rows, table.Taps, table.InputRows));
        Assert.True(bytes.Length < 64 * 5 * (3 + (3 * table.Taps)), $"{bytes.Length} bytes");
    }

    [Fact]
    public void LargestEntriesComeBack()
    {
        int top = (1 << 28) - 1;
        GatherTable table = new(4, 2, top + 1, [top, 0, 0, top, -1, top, 5, -1]);
        Assert.Equal(table, TableCodec.TryDecode(TableCodec.Encode(table), 4, 2, top + 1));
    }

    // The worked example of docs/bundle-format.md.
    [Fact]
    public void TheDocumentedExampleHolds()
    {
        GatherTable table = Windows.Same((1, 4), 3, 1);
        GatherTable middle = new(4, 3, 4, [.. Enumerable.Range(0, 4).SelectMany(o => table.Entries.AsSpan((o * 9) + 3, 3).ToArray())]);
        Assert.Equal([-1, 0, 1, 0, 1, 2, 1, 2, 3, 2, 3, -1], middle.Entries);
        Assert.Equal([0, 0, 0, 1, 3, 1, 2, 2, 3, 3, 0, 0, 1, 3, 0], TableCodec.Encode(middle));
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        GatherTable table = Windows.Same((9, 7), 3, 1);
        byte[] bytes = TableCodec.Encode(table);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Null(TableCodec.TryDecode(bytes.AsSpan(0, length), table.Rows, table.Taps, table.InputRows));
        }

        Assert.Null(TableCodec.TryDecode([.. bytes, 0], table.Rows, table.Taps, table.InputRows));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 9 }, 1, 1, 4)] // entry 4 of 4 rows
    [InlineData(new byte[] { 0, 0, 2 }, 1, 1, 4)] // entry -1
    [InlineData(new byte[] { 3, 4, 1 }, 4, 1, 4)] // 0, 2, 4, 6
    [InlineData(new byte[] { 3, 3, 7 }, 4, 1, 9)] // 3, 1, -1
    [InlineData(new byte[] { 4, 0, 1 }, 4, 1, 4)] // five rows
    [InlineData(new byte[] { 0, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 1 }, 1, 1, 4)] // a varint of six bytes
    public void EntriesOutsideAreRefused(byte[] bytes, int rows, int taps, int inputRows)
        => Assert.Null(TableCodec.TryDecode(bytes, rows, taps, inputRows));

    [Fact]
    public void RandomBytesNeverGiveAnEntryOutside()
    {
        Random random = new(2);
        byte[] bytes = new byte[24];
        for (int i = 0; i < 20000; i++)
        {
            random.NextBytes(bytes);
            int inputRows = 1 + random.Next(50);
            GatherTable? table = TableCodec.TryDecode(bytes.AsSpan(0, random.Next(bytes.Length)), 1 + random.Next(20), 1 + random.Next(3), inputRows);
            Assert.True(table is null || table.Entries.All(e => e >= -1 && e < inputRows));
        }
    }

    private static GatherTable Random(Random random, int rows, int taps, int inputRows)
    {
        int[] entries = new int[rows * taps];
        for (int i = 0; i < entries.Length; i++)
        {
            // Mostly regular, so that runs are tried as well as breaks.
            entries[i] = random.Next(5) == 0 ? random.Next(-1, inputRows) : i % inputRows;
        }

        return new GatherTable(rows, taps, inputRows, entries);
    }
}
