namespace EdgeRuntime.Sessions;

/// <summary>A step with its kernel, pointers and sizes: nothing is left to decide when it runs.</summary>
public abstract class BoundStep(string name, string kind, string kernel, int rows, double macs)
{
    /// <summary>Name of the node in the source model.</summary>
    public string Name { get; } = name;

    /// <summary>Kind of step, for example <c>convolution-s8</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Variant that runs it.</summary>
    public string Kernel { get; } = kernel;

    /// <summary>Output rows.</summary>
    public int Rows { get; } = rows;

    /// <summary>Multiply-accumulates (convolutions and products; 0 for others).</summary>
    public double Macs { get; } = macs;

    /// <summary>Pieces that may run on different threads; 1 where splitting costs more than it saves.</summary>
    public abstract int Units { get; }

    /// <summary>Fewest units worth handing to a thread at once; at least 1.</summary>
    public virtual int Grain => 1;

    /// <summary>Runs units [begin, end) with the scratch memory of <paramref name="worker"/>.</summary>
    public abstract void Run(int begin, int end, int worker);
}
