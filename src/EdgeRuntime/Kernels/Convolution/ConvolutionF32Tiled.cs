namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Blocking shared by the register-tiled fp32 variants; a variant adds its tiles.</summary>
/// <remarks>
/// The loop nest of Goto and van de Geijn, "Anatomy of high-performance matrix multiplication": a block of rows and a range of the depth are
/// gathered once, then every column panel passes over it, so a weight panel stays in L1 and the gathered block in L2. Between
/// depth ranges the accumulators rest in the output itself, which is exact. Packed weights: [column panel, depth, ColumnTile],
/// zero-padded columns.
/// </remarks>
public abstract unsafe class ConvolutionF32Tiled : ConvolutionKernel<float>
{
    // 96 rows × 320 floats fill half of a 256 KiB L2; 320 × 32 columns fill a 40 KiB L1. 96 is a multiple of all row tiles.
    private const int RowBlock = 96;
    private const int DepthBlock = 320;

    /// <summary>Column panels that <see cref="RowOfPanels"/> covers: enough independent sums to hide the latency of one row.</summary>
    protected const int PanelsPerRow = 4;

    /// <inheritdoc/>
    public sealed override string Family => "convolution-f32";

    /// <summary>Rows of the tile that serves a short remainder.</summary>
    protected abstract int SmallRowTile { get; }

    /// <inheritdoc/>
    public sealed override nuint PackedBytes(int outputChannels, int depth)
        => (nuint)((outputChannels + ColumnTile - 1) / ColumnTile * ColumnTile) * (nuint)depth * sizeof(float);

    /// <inheritdoc/>
    public sealed override void Pack(float* weights, int first, int count, int outputChannels, int depth, byte* packed)
    {
        int width = ColumnTile;
        for (int column = 0; column < count; column += width)
        {
            float* panel = (float*)packed + ((nint)(first + column) * depth);
            for (nint k = 0; k < depth; k++)
            {
                for (int lane = 0; lane < width; lane++)
                {
                    *panel++ = column + lane < count ? weights[((nint)(column + lane) * depth) + k] : 0;
                }
            }
        }
    }

    /// <inheritdoc/>
    public sealed override nuint ScratchBytes(int taps, int channels)
    {
        nint depth = (nint)taps * channels;
        nint block = (Math.Min(depth, DepthBlock) * RowBlock) + (ConvolutionF32Panel.SlackDepth * RowTile);
        return (nuint)(TemporaryFloats + Math.Max(block, depth)) * sizeof(float);
    }

    /// <inheritdoc/>
    public sealed override void Run(in ConvolutionArgs<float> args, int rowBegin, int rowEnd, int columnBegin, int columnEnd, byte* scratch)
    {
        float* temporary = (float*)scratch;
        float* panels = temporary + TemporaryFloats;
        for (int row = rowBegin; row < rowEnd; row += RowBlock)
        {
            int rows = Math.Min(RowBlock, rowEnd - row);
            if (rows == 1)
            {
                OneRow(in args, row, columnBegin, columnEnd, panels, temporary);
            }
            else
            {
                Block(in args, row, rows, columnBegin, columnEnd, panels, temporary);
            }
        }
    }

    /// <summary>One tile: c[r, n] = clamp(init[r, n] + Σ_k a[k, r]·w[k, n]) for <paramref name="height"/> (RowTile, SmallRowTile or 1) rows.</summary>
    /// <param name="height">Rows of the tile.</param>
    /// <param name="a">[depth, height].</param>
    /// <param name="w">[depth, ColumnTile].</param>
    /// <param name="depth">At least 1.</param>
    /// <param name="init">Where the sums start: the bias (stride 0) or the output so far.</param>
    /// <param name="initStride">Floats from one row of init to the next.</param>
    /// <param name="low">Lower clamp.</param>
    /// <param name="high">Upper clamp.</param>
    /// <param name="c">[height, ColumnTile].</param>
    /// <param name="stride">Floats from one row of c to the next.</param>
    protected abstract void Tile(int height, float* a, float* w, nint depth, float* init, nint initStride, float low, float high, float* c, nint stride);

    /// <summary>One row times <see cref="PanelsPerRow"/> column panels that lie <paramref name="panelStride"/> floats apart.</summary>
    protected abstract void RowOfPanels(float* a, float* w, nint panelStride, nint depth, float* init, float low, float high, float* c);

    private int TemporaryFloats => RowTile * ColumnTile;

    private void OneRow(in ConvolutionArgs<float> args, int row, int columnBegin, int columnEnd, float* panels, float* temporary)
    {
        int depth = args.Taps * args.Channels;
        float* a = args.Input + (row * args.InputStride);
        if (args.Table != null)
        {
            ConvolutionF32Panel.GatherRow(in args, row, depth, panels);
            a = panels;
        }

        float* output = args.Output + (row * args.OutputStride);
        float* bias = (float*)args.Bias;
        nint panelStride = (nint)depth * ColumnTile;
        int column = columnBegin;
        for (; column + (PanelsPerRow * ColumnTile) <= columnEnd; column += PanelsPerRow * ColumnTile)
        {
            float* w = (float*)args.Weights + ((nint)column * depth);
            RowOfPanels(a, w, panelStride, depth, bias + column, args.OutputMin, args.OutputMax, output + column);
        }

        for (; column < columnEnd; column += ColumnTile)
        {
            float* w = (float*)args.Weights + ((nint)column * depth);
            int columns = Math.Min(ColumnTile, columnEnd - column);
            float* c = columns < ColumnTile ? temporary : output + column;
            Tile(1, a, w, depth, bias + column, 0, args.OutputMin, args.OutputMax, c, 0);
            if (columns < ColumnTile)
            {
                Copy(temporary, 0, output + column, 0, 1, columns);
            }
        }
    }

    private void Block(in ConvolutionArgs<float> args, int row, int rows, int columnBegin, int columnEnd, float* panels, float* temporary)
    {
        int depth = args.Taps * args.Channels;
        int ranges = (depth + DepthBlock - 1) / DepthBlock;
        int range = (((depth + ranges - 1) / ranges) + 3) & ~3;
        for (int begin = 0; begin < depth; begin += range)
        {
            int end = Math.Min(begin + range, depth);
            float* panel = panels;
            for (int r = 0, height; r < rows; r += height)
            {
                height = Height(rows - r);
                ConvolutionF32Panel.Gather(in args, row + r, Math.Min(height, rows - r), height, begin, end, panel);
                panel += (nint)height * (end - begin);
            }

            float low = end == depth ? args.OutputMin : float.NegativeInfinity;
            float high = end == depth ? args.OutputMax : float.PositiveInfinity;
            for (int column = columnBegin; column < columnEnd; column += ColumnTile)
            {
                float* w = (float*)args.Weights + ((nint)column * depth) + ((nint)begin * ColumnTile);
                int columns = Math.Min(ColumnTile, columnEnd - column);
                panel = panels;
                for (int r = 0, height; r < rows; r += height)
                {
                    height = Height(rows - r);
                    int count = Math.Min(height, rows - r);
                    float* c = args.Output + ((row + r) * args.OutputStride) + column;
                    float* bias = (float*)args.Bias + column;
                    if (columns == ColumnTile && count == height)
                    {
                        Tile(height, panel, w, end - begin, begin == 0 ? bias : c, begin == 0 ? 0 : args.OutputStride, low, high, c, args.OutputStride);
                    }
                    else
                    {
                        Copy(c, args.OutputStride, temporary, ColumnTile, begin == 0 ? 0 : count, columns);
                        Tile(height, panel, w, end - begin, begin == 0 ? bias : temporary, begin == 0 ? 0 : ColumnTile, low, high, temporary, ColumnTile);
                        Copy(temporary, ColumnTile, c, args.OutputStride, count, columns);
                    }

                    panel += (nint)height * (end - begin);
                }
            }
        }
    }

    /// <summary>Tile for the next rows: the large one unless a small one wastes less.</summary>
    private int Height(int remaining)
    {
        if (remaining == 1)
        {
            return 1;
        }

        return remaining > RowTile - SmallRowTile ? RowTile : SmallRowTile;
    }

    private static void Copy(float* source, nint sourceStride, float* target, nint targetStride, int rows, int columns)
    {
        for (nint r = 0; r < rows; r++)
        {
            for (nint n = 0; n < columns; n++)
            {
                target[(r * targetStride) + n] = source[(r * sourceStride) + n];
            }
        }
    }
}
