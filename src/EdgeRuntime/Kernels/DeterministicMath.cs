namespace EdgeRuntime.Kernels;

/// <summary>Elementary functions made of IEEE basic operations only, so that every CPU gives the same bits.</summary>
public static class DeterministicMath
{
}
