using EdgeRuntime.Maps;

namespace ModelPacker.Perforate;

/// <summary>The windows of a step as its dense table shows them: tap t of output site (y, x) reads site (stride·y + offset, stride·x + offset) of the input, or padding where there is none. So the
/// same step can be laid over a map of another size.</summary>
internal sealed class WindowGeometry
{
    private readonly Axis _vertical;
    private readonly Axis _horizontal;

    private WindowGeometry(Axis vertical, Axis horizontal)
    {
        _vertical = vertical;
        _horizontal = horizontal;
    }

    /// <summary>Taps.</summary>
    public int Taps => _vertical.Offsets.Length;

    /// <summary>Reads it off a table.</summary>
    /// <param name="table">Dense table; null: row o reads row o.</param>
    /// <param name="input">Height and width of the input's grid.</param>
    /// <param name="output">Height and width of the output's grid.</param>
    /// <returns>The windows, or null where the table shows none: they have no order, or there is one output site only.</returns>
    public static WindowGeometry? Of(GatherTable? table, (int Height, int Width) input, (int Height, int Width) output)
    {
        if (table is null)
        {
            return input == output ? new(Axis.Identity, Axis.Identity) : null;
        }

        if (output.Height * output.Width <= 1 || table.Rows != output.Height * output.Width || table.InputRows != input.Height * input.Width)
        {
            return null;
        }

        int[,] lines = new int[table.Taps, output.Height];
        int[,] columns = new int[table.Taps, output.Width];
        for (int t = 0; t < table.Taps; t++)
        {
            for (int o = 0; o < table.Rows; o++)
            {
                // One more than the coordinate: 0 is "not seen".
                if (table.Entries[(o * table.Taps) + t] is >= 0 and int entry)
                {
                    lines[t, o / output.Width] = 1 + (entry / input.Width);
                    columns[t, o % output.Width] = 1 + (entry % input.Width);
                }
            }
        }

        if (Axis.Of(lines, input.Height) is not { } vertical || Axis.Of(columns, input.Width) is not { } horizontal)
        {
            return null;
        }

        WindowGeometry found = new(vertical, horizontal);
        return found.Table(input, output).AsSpan().SequenceEqual(table.Entries) ? found : null;
    }

    /// <summary>Height and width of the output over another input; not positive where no window fits.</summary>
    public (int Height, int Width) Output((int Height, int Width) input) => (_vertical.Output(input.Height), _horizontal.Output(input.Width));

    /// <summary>Entries of the table over another input, [sites, taps].</summary>
    public int[] Table((int Height, int Width) input, (int Height, int Width) output)
    {
        int[] entries = new int[output.Height * output.Width * Taps];
        int at = 0;
        for (int y = 0; y < output.Height; y++)
        {
            for (int x = 0; x < output.Width; x++)
            {
                for (int t = 0; t < Taps; t++)
                {
                    int v = (_vertical.Stride * y) + _vertical.Offsets[t];
                    int u = (_horizontal.Stride * x) + _horizontal.Offsets[t];
                    bool inside = (uint)v < (uint)input.Height && (uint)u < (uint)input.Width;
                    entries[at++] = inside ? (v * input.Width) + u : GatherTable.Padding;
                }
            }
        }

        return entries;
    }

    private sealed record Axis(int Stride, int[] Offsets, int PaddingBehind)
    {
        public static Axis Identity { get; } = new(1, [0], 0);

        // seen[tap, position]: one more than the coordinate that is read, or 0.
        public static Axis? Of(int[,] seen, int input)
        {
            int taps = seen.GetLength(0);
            int size = seen.GetLength(1);
            int stride = 0;
            for (int t = 0; t < taps && stride == 0; t++)
            {
                for (int p = 0; p + 1 < size && stride == 0; p++)
                {
                    stride = seen[t, p] > 0 && seen[t, p + 1] > 0 ? seen[t, p + 1] - seen[t, p] : 0;
                }
            }

            // A map of one line says nothing of how windows move down.
            if (stride <= 0)
            {
                return null;
            }

            int[] offsets = new int[taps];
            for (int t = 0; t < taps; t++)
            {
                int p = 0;
                while (p < size && seen[t, p] == 0)
                {
                    p++;
                }

                if (p == size)
                {
                    return null;
                }

                offsets[t] = seen[t, p] - 1 - (stride * p);
            }

            // The size of the output leaves the padding behind open by less than a stride; most often it is that in front.
            int front = -offsets.Min();
            int least = ((size - 1) * stride) + offsets.Max() - offsets.Min() + 1 - front - input;
            return new Axis(stride, offsets, Math.Clamp(front, least, least + stride - 1));
        }

        public int Output(int input)
        {
            int room = input + PaddingBehind - Offsets.Min() - (Offsets.Max() - Offsets.Min() + 1);
            return room < 0 ? 0 : (room / Stride) + 1;
        }
    }
}
