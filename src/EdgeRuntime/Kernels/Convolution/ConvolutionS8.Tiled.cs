namespace EdgeRuntime.Kernels.Convolution;

/// <summary>The loops around every int8 micro-kernel: gather a block of rows, then column tiles outside, row tiles inside.</summary>
/// <remarks>
/// A block of rows is gathered once and meets all column tiles, so it stays in L2 while one weight panel at a time stays in
/// L1. Without a table the rows of the input serve as they lie: what a micro-kernel reads past their end meets zero weights.
/// </remarks>
public abstract unsafe class ConvolutionS8Tiled : ConvolutionKernel<sbyte>
{
    // Small enough for an L2 that four cores share; more rows than that when the depth is large, because each
    // block reads all weights once, and those come from further away than the block.
    private const int BlockBytes = 128 << 10;
    private const int BlockBytesDeep = 256 << 10;
    private const int BlockRowsDeep = 48;
    private const int BlockRowsShallow = 256;

    private protected ConvolutionS8Tiled()
    {
    }

    /// <inheritdoc/>
    public sealed override string Family => "convolution-s8";

    /// <summary>Depth granularity of the micro-kernel in bytes, at most 32.</summary>
    private protected abstract int DepthStep { get; }

    /// <summary>Bytes of one packed column tile.</summary>
    private protected virtual nint PanelBytes(int depth) => PaddedDepth(depth) * ColumnTile;

    /// <inheritdoc/>
    public sealed override nuint PackedBytes(int outputChannels, int depth)
        => (nuint)((outputChannels + ColumnTile - 1) / ColumnTile) * (nuint)PanelBytes(depth);

    /// <inheritdoc/>
    public sealed override void Pack(sbyte* weights, int first, int count, int outputChannels, int depth, byte* packed)
    {
        byte* panel = packed + first / ColumnTile * PanelBytes(depth);
        for (int column = 0; column < count; column += ColumnTile)
        {
            PackPanel(weights + (nint)column * depth, Math.Min(ColumnTile, count - column), depth, panel);
            panel += PanelBytes(depth);
        }
    }

    /// <inheritdoc/>
    public sealed override nuint ScratchBytes(int taps, int channels)
    {
        nint depth = (nint)taps * channels;
        return (nuint)(BlockRows(depth) * GatherS8.RowStride(depth) + GatherS8.Slack + BlockRows(depth) * ColumnTile);
    }

    /// <inheritdoc/>
    public sealed override void Run(in ConvolutionArgs<sbyte> args, int rowBegin, int rowEnd, int columnBegin, int columnEnd, byte* scratch)
    {
        if (rowBegin >= rowEnd || columnBegin >= columnEnd)
        {
            return;
        }

        int depth = args.Taps * args.Channels;
        nint panelBytes = PanelBytes(depth);
        int blockRows = BlockRows(depth);
        bool direct = args.Table == null;

        ConvolutionS8Panel panel;
        panel.RowStride = direct ? args.InputStride : GatherS8.RowStride(depth);
        panel.Depth = PaddedDepth(depth);
        panel.Low = args.OutputMin - args.OutputZeroPoint;
        panel.High = args.OutputMax - args.OutputZeroPoint;
        panel.Lowest = RequantizeS8.One(int.MinValue, 1f, args.OutputMin, args.OutputMax, args.OutputZeroPoint);
        panel.ZeroPoint = args.OutputZeroPoint;

        // Micro-kernels store whole tiles, which keeps branches and calls (and the spills that come with them) out of
        // them; the cut last tile goes through a buffer.
        sbyte* cutTile = (sbyte*)scratch + blockRows * GatherS8.RowStride(depth) + GatherS8.Slack;

        for (int row = rowBegin; row < rowEnd; row += blockRows)
        {
            panel.Count = Math.Min(blockRows, rowEnd - row);
            if (direct)
            {
                panel.Rows = args.Input + row * args.InputStride;
            }
            else
            {
                panel.Rows = (sbyte*)scratch;
                GatherS8.Rows(args, row, panel.Count, panel.Rows, panel.RowStride);
            }

            for (int column = columnBegin; column < columnEnd; column += ColumnTile)
            {
                int columns = Math.Min(ColumnTile, columnEnd - column);
                sbyte* output = args.Output + row * args.OutputStride + column;
                panel.Weights = args.Weights + column / ColumnTile * panelBytes;
                panel.Bias = (int*)args.Bias + column;
                panel.Scale = args.Scale + column;
                panel.Output = columns == ColumnTile ? output : cutTile;
                panel.OutputStride = columns == ColumnTile ? args.OutputStride : ColumnTile;
                RunPanel(&panel);
                if (columns != ColumnTile)
                {
                    CopyColumns(cutTile, ColumnTile, panel.Count, columns, output, args.OutputStride);
                }
            }
        }
    }

    /// <summary>Packs one column tile; columns from <paramref name="count"/> on and depth padding are zero.</summary>
    private protected abstract void PackPanel(sbyte* weights, int count, int depth, byte* panel);

    /// <summary>Multiplies all rows of the panel with its column tile.</summary>
    private protected abstract void RunPanel(ConvolutionS8Panel* panel);

    /// <summary>Layout [depth / group][ColumnTile][group]: <paramref name="group"/> neighbours in depth of one column lie together.</summary>
    private protected void PackInterleaved(sbyte* weights, int count, int depth, int group, sbyte* panel)
    {
        nint padded = PaddedDepth(depth);
        for (nint k = 0; k < padded; k += group)
        {
            for (int column = 0; column < ColumnTile; column++)
            {
                for (int i = 0; i < group; i++)
                {
                    *panel++ = column < count && k + i < depth ? weights[(nint)column * depth + k + i] : (sbyte)0;
                }
            }
        }
    }

    /// <summary>Depth rounded up to the depth step.</summary>
    private protected nint PaddedDepth(int depth) => (depth + DepthStep - 1) / DepthStep * (nint)DepthStep;

    private static void CopyColumns(sbyte* source, int sourceStride, int rows, int columns, sbyte* destination, nint stride)
    {
        do
        {
            int column = 0;
            do
            {
                destination[column] = source[column];
            }
            while (++column != columns);
            source += sourceStride;
            destination += stride;
        }
        while (--rows != 0);
    }

    private int BlockRows(nint depth)
    {
        nint stride = GatherS8.RowStride(depth);
        nint rows = Math.Min(Math.Max(BlockBytes / stride, BlockRowsDeep), BlockBytesDeep / stride);
        rows = Math.Min(rows, BlockRowsShallow);
        return (int)Math.Max(rows / RowTile, 1) * RowTile;
    }
}
