using EdgeRuntime.Kernels;

namespace EdgeRuntime.Sessions;

/// <summary>A step of a family whose unit of work is one output row.</summary>
internal sealed class RowStep<TArgs>(string name, KernelVariant<TArgs> kernel, TArgs args, int rows, double elements, double macs = 0)
    : BoundStep(name, kernel.Family, kernel.Name, rows, macs)
    where TArgs : unmanaged
{
    private const double ParallelThreshold = 1 << 15;
    private const double ElementsPerGrain = 1 << 12;

    private readonly RowKernel<TArgs> _run = kernel.Run;
    private readonly TArgs _args = args;

    public override int Units { get; } = elements < ParallelThreshold ? 1 : rows;

    public override int Grain { get; } = elements < ParallelThreshold ? 1 : (int)Math.Ceiling(ElementsPerGrain * rows / elements);

    public override void Run(int begin, int end, int worker)
    {
        if (Units == 1)
        {
            _run(in _args, 0, Rows);
        }
        else
        {
            _run(in _args, begin, end);
        }
    }
}
