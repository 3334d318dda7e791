namespace EdgeRuntime.Kernels;

/// <summary>Computes output rows [rowBegin, rowEnd) of one step.</summary>
/// <remarks>Kernels know pointers, sizes and tables only. They allocate nothing and never fail: everything is checked
/// when the plan is made.</remarks>
public delegate void RowKernel<TArgs>(in TArgs args, int rowBegin, int rowEnd)
    where TArgs : unmanaged;

/// <summary>One implementation of a kernel family for one instruction set.</summary>
/// <param name="Family">Family name, for example <c>pool-s8</c>.</param>
/// <param name="Name">Instruction set first, then the recipe: <c>reference</c>, <c>avx2</c>, <c>neon</c>.</param>
/// <param name="IsSupported">Whether this CPU can run it.</param>
/// <param name="Run">The kernel.</param>
public sealed record KernelVariant<TArgs>(string Family, string Name, Func<bool> IsSupported, RowKernel<TArgs> Run) : IKernelVariant
    where TArgs : unmanaged
{
    bool IKernelVariant.IsSupported => IsSupported();
}
