using EdgeRuntime.Kernels.Convolution;

namespace EdgeRuntime.Sessions;

/// <summary>A convolution: split between threads by row tiles, or by column tiles where there are few rows.</summary>
internal sealed unsafe class ConvolutionBoundStep<T> : BoundStep
    where T : unmanaged
{
    private const double ParallelThreshold = 1 << 17;

    // Every piece of rows reads all weights, which must pay.
    private const int RowsPerGrain = 12;

    private readonly ConvolutionKernel<T> _kernel;
    private readonly ConvolutionArgs<T>[] _groups;
    private readonly ScratchPool _scratch;
    private readonly bool _columns;
    private readonly int _tile;

    public ConvolutionBoundStep(string name, ConvolutionKernel<T> kernel, ConvolutionArgs<T>[] groups, int rows, double macs, int threads,
        ScratchPool scratch)
        : base(name, kernel.Family, kernel.Name, rows, macs)
    {
        _kernel = kernel;
        _groups = groups;
        _scratch = scratch;
        scratch.Require(kernel.ScratchBytes(groups[0].Taps, groups[0].Channels));
        int rowTiles = (rows + kernel.RowTile - 1) / kernel.RowTile;
        int columnTiles = (groups[0].OutputChannels + kernel.ColumnTile - 1) / kernel.ColumnTile;
        _columns = rowTiles < 2 * threads && columnTiles > rowTiles;
        _tile = _columns ? kernel.ColumnTile : kernel.RowTile;
        Units = macs < ParallelThreshold ? 1 : _columns ? columnTiles : rowTiles;
    }

    public override int Units { get; }

    public override int Grain => _columns ? 1 : (RowsPerGrain + _tile - 1) / _tile;

    public override void Run(int begin, int end, int worker)
    {
        bool all = Units == 1;
        byte* scratch = _scratch.Pointer(worker);
        foreach (ref ConvolutionArgs<T> args in _groups.AsSpan())
        {
            int rowBegin = all || _columns ? 0 : begin * _tile;
            int rowEnd = all || _columns ? Rows : Math.Min(end * _tile, Rows);
            int columnBegin = all || !_columns ? 0 : begin * _tile;
            int columnEnd = all || !_columns ? args.OutputChannels : Math.Min(end * _tile, args.OutputChannels);
            _kernel.Run(in args, rowBegin, rowEnd, columnBegin, columnEnd, scratch);
        }
    }
}
