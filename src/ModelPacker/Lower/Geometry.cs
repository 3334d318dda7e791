using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>All spatial arithmetic there is: windows over N-dimensional grids, compiled to gather tables.</summary>
public static class Geometry
{
    /// <summary>Input site of an output site at a tap along one axis, or -1.</summary>
    private delegate int AxisRule(int axis, int output, int tap);

    /// <summary>Convolution and pooling windows: input = output·stride − pad + tap·dilation.</summary>
    /// <param name="batch">Images.</param>
    /// <param name="input">Spatial extents of the input.</param>
    /// <param name="output">Spatial extents of the output.</param>
    /// <param name="kernel">Window.</param>
    /// <param name="strides">Strides.</param>
    /// <param name="dilations">Dilations.</param>
    /// <param name="pads">Padding before each axis.</param>
    public static GatherTable Window(int batch, int[] input, int[] output, int[] kernel, int[] strides, int[] dilations, int[] pads)
        => Build(batch, input, output, kernel, (axis, o, k) =>
        {
            int i = (o * strides[axis]) - pads[axis] + (k * dilations[axis]);
            return i >= 0 && i < input[axis] ? i : -1;
        });

    /// <summary>Transposed convolution: the input sites that reach an output site, output = input·stride − pad + tap·dilation.</summary>
    public static GatherTable Transposed(int batch, int[] input, int[] output, TransposedConvolution op)
        => Build(batch, input, output, op.Kernel, (axis, o, k) =>
        {
            int scaled = o + op.PadsBegin[axis] - (k * op.Dilations[axis]);
            int i = scaled / op.Strides[axis];
            return scaled >= 0 && scaled % op.Strides[axis] == 0 && i < input[axis] ? i : -1;
        });

    /// <summary>Reads a table through a table of rows: result[o, k] = rows[table[o, k]].</summary>
    public static GatherTable Compose(GatherTable table, GatherTable rows)
        => new(table.Rows, table.Taps, rows.InputRows, Array.ConvertAll(table.Entries, e => e < 0 ? -1 : rows.Entries[e]));

    /// <summary>Taps of each window that lie inside the padded image (for averages that count the padding).</summary>
    public static int[] PaddedCounts(int[] input, int[] output, Pool op)
    {
        int[] counts = new int[View.Product(output)];
        int[] site = new int[output.Length];
        for (int o = 0; o < counts.Length; o++, Advance(site, output))
        {
            int count = 1;
            for (int axis = 0; axis < site.Length; axis++)
            {
                int inside = 0;
                for (int k = 0; k < op.Kernel[axis]; k++)
                {
                    int i = (site[axis] * op.Strides[axis]) - op.PadsBegin[axis] + (k * op.Dilations[axis]);
                    inside += i >= -op.PadsBegin[axis] && i < input[axis] + op.PadsEnd[axis] ? 1 : 0;
                }

                count *= inside;
            }

            counts[o] = count;
        }

        return counts;
    }

    /// <summary>Next index of an N-dimensional counter, last axis fastest.</summary>
    public static void Advance(int[] index, int[] extents)
    {
        for (int axis = index.Length - 1; axis >= 0; axis--)
        {
            if (++index[axis] < extents[axis])
            {
                return;
            }

            index[axis] = 0;
        }
    }

    private static GatherTable Build(int batch, int[] input, int[] output, int[] kernel, AxisRule rule)
    {
        int rank = input.Length;
        int inputSites = View.Product(input);
        int outputSites = View.Product(output);
        int taps = View.Product(kernel);
        int[] entries = new int[checked(batch * outputSites * taps)];
        int[][] axes = new int[rank][];
        for (int axis = 0; axis < rank; axis++)
        {
            axes[axis] = new int[output[axis] * kernel[axis]];
            for (int o = 0; o < output[axis]; o++)
            {
                for (int k = 0; k < kernel[axis]; k++)
                {
                    axes[axis][(o * kernel[axis]) + k] = rule(axis, o, k);
                }
            }
        }

        int[] site = new int[rank];
        int[] tap = new int[rank];
        int e = 0;
        for (int n = 0; n < batch; n++)
        {
            for (int o = 0; o < outputSites; o++, Advance(site, output))
            {
                for (int k = 0; k < taps; k++, Advance(tap, kernel))
                {
                    int row = 0;
                    for (int axis = 0; axis < rank && row >= 0; axis++)
                    {
                        int i = axes[axis][(site[axis] * kernel[axis]) + tap[axis]];
                        row = i < 0 ? -1 : (row * input[axis]) + i;
                    }

                    entries[e++] = row < 0 ? -1 : (n * inputSites) + row;
                }
            }
        }

        return new GatherTable(batch * outputSites, taps, batch * inputSites, entries);
    }
}
