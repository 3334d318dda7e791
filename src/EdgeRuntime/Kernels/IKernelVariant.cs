namespace EdgeRuntime.Kernels;

/// <summary>What <c>edgert kernels</c> and the selection rules need to know of a variant.</summary>
public interface IKernelVariant
{
    /// <summary>Family name, for example <c>convolution-s8</c>.</summary>
    string Family { get; }

    /// <summary>Instruction set first, then the recipe, for example <c>neon-dot-8x8</c>.</summary>
    string Name { get; }

    /// <summary>Whether this CPU can run it.</summary>
    bool IsSupported { get; }
}
