namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>Random operands and memory around them. Only basic arithmetic, so that a seed gives the same data on every CPU.</summary>
public static unsafe class KernelData
{
    /// <summary>Bytes in [low, 127]; only the two ends if <paramref name="extreme"/>.</summary>
    public static sbyte[] Bytes(Random random, int count, int low, bool extreme)
    {
        var bytes = new sbyte[count];
        int bias = random.Next(3);
        for (int i = 0; i < count; i++)
        {
            int value = random.Next(low, 128);
            bytes[i] = (sbyte)(!extreme ? value : bias == 0 ? low : bias == 1 ? 127 : value < 0 ? low : 127);
        }

        return bytes;
    }

    /// <summary>Integers in [-bound, bound].</summary>
    public static int[] Ints(Random random, int count, int bound)
    {
        var ints = new int[count];
        for (int i = 0; i < count; i++)
        {
            ints[i] = (int)random.NextInt64(-(long)bound, (long)bound + 1);
        }

        return ints;
    }

    /// <summary>Positive multipliers up to <paramref name="bound"/>, spread over several binades; powers of two among them make ties.</summary>
    public static float[] Scales(Random random, int count, float bound)
    {
        var scales = new float[count];
        for (int i = 0; i < count; i++)
        {
            float power = 1f / (1 << random.Next(0, 16));
            scales[i] = bound * power * (random.Next(3) == 0 ? 1f : random.Next(1, 1000) / 1000f);
        }

        if (random.Next(3) == 0)
        {
            Array.Fill(scales, 1f / (1 << random.Next(1, 12)));
        }

        return scales;
    }

    /// <summary>[rows, taps] entries, part of them sentinels, part of them runs of neighbours as in a dense map.</summary>
    public static int[] Table(Random random, int rows, int taps, int inputRows)
    {
        var table = new int[rows * taps];
        int sentinels = random.Next(4);
        int run = random.Next(1, 9);
        for (int i = 0; i < table.Length; i++)
        {
            bool follow = i % run != 0 && table[i - 1] >= 0 && table[i - 1] + 1 < inputRows && random.Next(20) != 0;
            table[i] = random.Next(10) < sentinels ? -1 : follow ? table[i - 1] + 1 : random.Next(inputRows);
        }

        return table;
    }

    /// <summary>Copies an array into guarded memory with that many readable bytes behind it, which hold junk.</summary>
    public static GuardedMemory Native<T>(T[] values, int slackBytes)
        where T : unmanaged
    {
        nint bytes = (nint)values.Length * sizeof(T);
        var memory = new GuardedMemory(bytes + slackBytes);
        new Span<byte>(memory.Start + bytes, slackBytes).Fill(0x6B);
        values.CopyTo(new Span<T>(memory.Start, values.Length));
        return memory;
    }

    /// <summary>The rows × columns bytes after one leading canary byte.</summary>
    /// <exception cref="InvalidOperationException">A byte between the rows or before them is not the canary.</exception>
    public static sbyte[] TakeRows(byte* start, byte canary, int rows, int columns, int stride)
    {
        var result = new sbyte[rows * columns];
        int end = (rows - 1) * stride + columns;
        for (int i = -1; i < end; i++)
        {
            int column = i % stride;
            if (i < 0 || column >= columns)
            {
                if (start[1 + i] != canary)
                {
                    throw new InvalidOperationException($"Wrote outside the output at byte {i} (columns {columns}, stride {stride}).");
                }
            }
            else
            {
                result[i / stride * columns + column] = (sbyte)start[1 + i];
            }
        }

        return result;
    }
}
