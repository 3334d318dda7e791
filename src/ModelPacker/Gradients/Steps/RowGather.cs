namespace ModelPacker.Gradients.Steps;

/// <summary>Reads a map through a table into rows of columns (im2row), and adds such rows back.</summary>
/// <param name="table">[rows, taps] of one picture; negative: zeros.</param>
/// <param name="taps">Taps.</param>
/// <param name="rows">Output rows of a picture.</param>
/// <param name="inputRows">Input rows of a picture.</param>
/// <param name="channels">Channels of the input.</param>
internal sealed unsafe class RowGather(int* table, int taps, int rows, int inputRows, int channels)
{
    /// <summary>columns[o, k·width + c] = input[table[first + o, firstTap + k], channel + c].</summary>
    /// <param name="input">[pictures, inputRows, channels].</param>
    /// <param name="first">First output row, counted through all pictures.</param>
    /// <param name="count">Output rows.</param>
    /// <param name="firstTap">First tap.</param>
    /// <param name="tapCount">Taps to read.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="width">Channels to read.</param>
    /// <param name="columns">[count, stride].</param>
    /// <param name="stride">Elements from one row of columns to the next.</param>
    public void Gather(float* input, long first, int count, int firstTap, int tapCount, int channel, int width, float* columns, nint stride)
    {
        long picture = first / rows;
        int row = (int)(first % rows);
        for (int o = 0; o < count; o++, columns += stride)
        {
            float* source = input + (picture * inputRows * channels) + channel;
            int* entries = table + ((nint)row * taps) + firstTap;
            float* target = columns;
            for (int k = 0; k < tapCount; k++, target += width)
            {
                if (entries[k] < 0)
                {
                    Lines.Clear(target, width);
                }
                else
                {
                    Lines.Copy(source + ((nint)entries[k] * channels), target, width);
                }
            }

            if (++row == rows)
            {
                row = 0;
                picture++;
            }
        }
    }

    /// <summary>input[table[first + o, firstTap + k], channel + c] += columns[o, k·width + c]: the transpose of <see cref="Gather"/>.</summary>
    /// <param name="columns">[count, stride].</param>
    /// <param name="stride">Elements from one row of columns to the next.</param>
    /// <param name="first">First output row, counted through all pictures.</param>
    /// <param name="count">Output rows.</param>
    /// <param name="firstTap">First tap.</param>
    /// <param name="tapCount">Taps.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="width">Channels.</param>
    /// <param name="input">[pictures, inputRows, channels].</param>
    public void Scatter(float* columns, nint stride, long first, int count, int firstTap, int tapCount, int channel, int width, float* input)
    {
        long picture = first / rows;
        int row = (int)(first % rows);
        for (int o = 0; o < count; o++, columns += stride)
        {
            float* target = input + (picture * inputRows * channels) + channel;
            int* entries = table + ((nint)row * taps) + firstTap;
            float* source = columns;
            for (int k = 0; k < tapCount; k++, source += width)
            {
                if (entries[k] >= 0)
                {
                    Lines.Add(source, target + ((nint)entries[k] * channels), width);
                }
            }

            if (++row == rows)
            {
                row = 0;
                picture++;
            }
        }
    }
}
