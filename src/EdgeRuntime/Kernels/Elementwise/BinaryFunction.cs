namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>Elementwise functions of two values. The numbers are part of the bundle format.</summary>
public enum BinaryFunction : byte
{
    /// <summary>a + b.</summary>
    Add = 0,

    /// <summary>a − b.</summary>
    Subtract = 1,

    /// <summary>a · b.</summary>
    Multiply = 2,

    /// <summary>a / b.</summary>
    Divide = 3,

    /// <summary>Smaller of the two; NaN if either is.</summary>
    Minimum = 4,

    /// <summary>Larger of the two; NaN if either is.</summary>
    Maximum = 5,

    /// <summary>a to the power b (<see cref="DeterministicMath"/>).</summary>
    Power = 6,
}
