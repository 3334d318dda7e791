using EdgeRuntime.Kernels;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>A kernel family together with its generator of random problems.</summary>
/// <param name="Variants">The registry list, reference last.</param>
/// <param name="Run">Runs a variant on the problem of a seed and returns the bytes of the output.</param>
public sealed record OperatorFamily(IReadOnlyList<IKernelVariant> Variants, Func<IKernelVariant, int, byte[]> Run)
{
    /// <summary>Family name.</summary>
    public string Name => Variants[^1].Family;

    /// <summary>Wraps the typed runner of a family of row kernels.</summary>
    public static OperatorFamily Of<TArgs>(IReadOnlyList<KernelVariant<TArgs>> variants, Func<RowKernel<TArgs>, int, byte[]> run)
        where TArgs : unmanaged
        => new(variants, (variant, seed) => run(((KernelVariant<TArgs>)variant).Run, seed));
}
