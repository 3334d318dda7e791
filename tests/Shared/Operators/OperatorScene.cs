using EdgeRuntime.Tests.Shared.Kernels;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random operands of one kernel call in guarded memory, and its output between canaries.</summary>
/// <remarks>Only basic arithmetic makes the data, so a seed gives the same problem on every CPU.</remarks>
public sealed unsafe class OperatorScene(int seed) : IDisposable
{
    private const byte Canary = 0xA5;

    private readonly List<GuardedMemory> memories = [];
    private GuardedMemory? output;
    private int rows;
    private int columns;
    private int stride;
    private int element;
    private int outputBytes;

    /// <summary>Source of the problem's sizes.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>True in a part of the cases: operands take infinities, NaN, −0, denormals and the ends of their range.</summary>
    public bool Extreme { get; } = seed % 4 == 0;

    /// <summary>An odd-shaped channel count, small more often than large.</summary>
    public int Channels() => Random.Next(3) switch { 0 => Random.Next(1, 9), 1 => Random.Next(1, 40), _ => Random.Next(1, 150) };

    /// <summary>True once in <paramref name="n"/>.</summary>
    public bool OneIn(int n) => Random.Next(n) == 0;

    /// <summary>Random floats.</summary>
    public float* Floats(int count, int slackBytes = 64, bool special = true)
    {
        float* start = (float*)Memory((count * sizeof(float)) + slackBytes, slackBytes);
        for (int i = 0; i < count; i++)
        {
            start[i] = Float(special);
        }

        return start;
    }

    /// <summary>A random float, finite and moderate unless the case is extreme.</summary>
    public float Float(bool special = true)
    {
        if (Extreme && special && Random.Next(6) == 0)
        {
            ReadOnlySpan<float> values =
                [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0f, float.Epsilon, -1e-40f, float.MaxValue, float.MinValue, 88.5f, -103f];
            return values[Random.Next(values.Length)];
        }

        float value = Random.Next(-4096, 4097) / 512f;
        return OneIn(8) ? value / 1024 : value;
    }

    /// <summary>Random positive float around 1.</summary>
    public float Scale() => Random.Next(1, 2000) / 1024f;

    /// <summary>Random int8; only the ends of the range in a part of the extreme cases.</summary>
    public sbyte* Bytes(int count, int slackBytes = 64)
    {
        sbyte* start = (sbyte*)Memory(count + slackBytes, slackBytes);
        bool ends = Extreme && OneIn(2);
        for (int i = 0; i < count; i++)
        {
            start[i] = (sbyte)(!ends ? Random.Next(-128, 128) : OneIn(2) ? -128 : 127);
        }

        return start;
    }

    /// <summary>[rows, taps] rows below <paramref name="inputRows"/>, sentinels among them unless forbidden.</summary>
    public int* Table(int tableRows, int taps, int inputRows, bool sentinels = true)
    {
        int* start = (int*)Memory(tableRows * taps * sizeof(int), 0);
        int share = sentinels ? Random.Next(4) * Random.Next(4) : 0;
        for (int i = 0; i < tableRows * taps; i++)
        {
            start[i] = Random.Next(10) < share ? -1 - Random.Next(3) : Random.Next(inputRows);
        }

        return start;
    }

    /// <summary>Zeroed bytes with junk behind them.</summary>
    public byte* Memory(int bytes, int junkBytes)
    {
        var memory = new GuardedMemory(bytes, sizeof(float));
        memories.Add(memory);
        new Span<byte>(memory.Start + bytes - junkBytes, junkBytes).Fill(0x6B);
        return memory.Start;
    }

    /// <summary>Makes the output; whatever is not an output element holds a canary. An output that is the input too has readable slack.</summary>
    public byte* Output(int outputRows, int outputColumns, int outputStride, int elementBytes, int slackBytes = 0)
    {
        (rows, columns, stride, element) = (outputRows, outputColumns, outputStride, elementBytes);
        outputBytes = ((((outputRows - 1) * outputStride) + outputColumns) * elementBytes) + 64 + slackBytes;
        output = new GuardedMemory(outputBytes, elementBytes);
        memories.Add(output);
        new Span<byte>(output.Start, outputBytes).Fill(Canary);
        return output.Start + 64;
    }

    /// <summary>Output elements without the gaps; every NaN is the same NaN, since CPUs differ in sign and payload.</summary>
    /// <exception cref="InvalidOperationException">Something was written outside the output.</exception>
    public byte[] Take()
    {
        var result = new byte[rows * columns * element];
        byte* start = output!.Start;
        int written = 0;
        for (int i = 0; i < outputBytes; i++)
        {
            int position = i - 64;
            if (position >= 0 && position / (stride * element) < rows && position % (stride * element) < columns * element)
            {
                result[written++] = start[i];
            }
            else if (start[i] != Canary)
            {
                throw new InvalidOperationException($"Wrote outside the output at byte {position} (columns {columns}, stride {stride}).");
            }
        }

        if (element == sizeof(float))
        {
            fixed (byte* bytes = result)
            {
                float* floats = (float*)bytes;
                for (int i = 0; i < rows * columns; i++)
                {
                    floats[i] = float.IsNaN(floats[i]) ? BitConverter.UInt32BitsToSingle(0x7FC00000) : floats[i];
                }
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => memories.ForEach(static memory => memory.Dispose());
}
