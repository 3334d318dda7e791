using System.Buffers;

namespace EdgeRuntime.Maps;

/// <summary>Compact form of a gather table: affine runs. Within a run every entry grows by the same step from one output row to the next
/// (sentinels stay sentinels), so a dense 3×3 layer is about three runs per image line whatever its width.</summary>
/// <remarks>
/// A run is: varint count − 1, zigzag varint step, then Taps first-row entries, each a varint: 0 = sentinel, else 1 + zigzag(entry − previous
/// entry that is no sentinel), where "previous" carries over from the first row of the run before (initially 0).
/// </remarks>
public static class TableCodec
{
    /// <summary>Encodes the entries of <paramref name="table"/>.</summary>
    public static byte[] Encode(GatherTable table)
    {
        ArrayBufferWriter<byte> output = new();
        int taps = table.Taps;
        ReadOnlySpan<int> entries = table.Entries;
        int row = 0;
        int previous = 0;
        while (row < table.Rows)
        {
            ReadOnlySpan<int> first = entries.Slice(row * taps, taps);
            int count = 1;
            int step = 0;
            if (row + 1 < table.Rows && TryStep(first, entries.Slice((row + 1) * taps, taps), out step))
            {
                count = 2;
                while (row + count < table.Rows && IsStep(entries.Slice((row + count - 1) * taps, taps), entries.Slice((row + count) * taps, taps), step))
                {
                    count++;
                }
            }

            WriteVarint(output, (uint)(count - 1));
            WriteVarint(output, ZigZag(step));
            foreach (int entry in first)
            {
                if (entry < 0)
                {
                    WriteVarint(output, 0);
                }
                else
                {
                    WriteVarint(output, 1 + ZigZag(entry - previous));
                    previous = entry;
                }
            }

            row += count;
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Decodes and checks every entry.</summary>
    /// <param name="bytes">What <see cref="Encode"/> made.</param>
    /// <param name="rows">Output rows.</param>
    /// <param name="taps">Taps per row.</param>
    /// <param name="inputRows">Every entry must be below.</param>
    /// <returns>The table, or null if the bytes are no such table.</returns>
    public static GatherTable? TryDecode(ReadOnlySpan<byte> bytes, int rows, int taps, int inputRows)
    {
        int[] entries = new int[checked(rows * taps)];
        int row = 0;
        int position = 0;
        long previous = 0;
        while (row < rows)
        {
            if (!TryReadVarint(bytes, ref position, out ulong more) || more >= (ulong)(rows - row)
                || !TryReadVarint(bytes, ref position, out ulong zigzag))
            {
                return null;
            }

            int count = (int)more + 1;
            long step = UnZigZag(zigzag);
            for (int k = 0; k < taps; k++)
            {
                if (!TryReadVarint(bytes, ref position, out ulong code))
                {
                    return null;
                }

                if (code == 0)
                {
                    for (int i = 0; i < count; i++)
                    {
                        entries[((row + i) * taps) + k] = GatherTable.Padding;
                    }

                    continue;
                }

                long entry = previous + UnZigZag(code - 1);
                long last = entry + (step * (count - 1));
                if ((ulong)entry >= (ulong)inputRows || (ulong)last >= (ulong)inputRows)
                {
                    return null;
                }

                previous = entry;
                for (int i = 0; i < count; i++)
                {
                    entries[((row + i) * taps) + k] = (int)(entry + (step * i));
                }
            }

            row += count;
        }

        return position == bytes.Length ? new GatherTable(rows, taps, inputRows, entries) : null;
    }

    private static bool TryStep(ReadOnlySpan<int> first, ReadOnlySpan<int> second, out int step)
    {
        step = 0;
        int tap = first.IndexOfAnyInRange(0, int.MaxValue);
        if (tap >= 0)
        {
            step = second[tap] - first[tap];
        }

        if (IsStep(first, second, step))
        {
            return true;
        }

        step = 0;
        return false;
    }

    private static bool IsStep(ReadOnlySpan<int> first, ReadOnlySpan<int> second, int step)
    {
        for (int k = 0; k < first.Length; k++)
        {
            if (first[k] < 0 ? second[k] >= 0 : second[k] < 0 || second[k] - first[k] != step)
            {
                return false;
            }
        }

        return true;
    }

    private static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static void WriteVarint(ArrayBufferWriter<byte> output, ulong value)
    {
        Span<byte> bytes = output.GetSpan(10);
        int count = 0;
        while (value >= 0x80)
        {
            bytes[count++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[count++] = (byte)value;
        output.Advance(count);
    }

    // At most 5 bytes: everything stored fits 34 bits, so no sum below can overflow a long.
    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int position, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (position >= bytes.Length)
            {
                return false;
            }

            byte b = bytes[position++];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
