namespace EdgeRuntime.Bundles;

/// <summary>Names and numbers of the file format (docs/bundle-format.md).</summary>
internal static class BundleFormat
{
    /// <summary>First element of the header.</summary>
    public const string Magic = "edgert-bundle";

    /// <summary>Raised when old readers can no longer read the file.</summary>
    public const int Major = 1;

    /// <summary>Raised for additions that old readers may ignore.</summary>
    public const int Minor = 0;

    /// <summary>Longest header.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Section names.</summary>
    public const string Model = "model", Tables = "tables", Points = "points", Weights = "weights";
}

/// <summary>Numbers of the step kinds in the file.</summary>
internal enum StepKind : byte
{
    Convolution = 0,
    Depthwise = 1,
    Pool = 2,
    Resample = 3,
    Gather = 4,
    Concat = 5,
    Binary = 6,
    Unary = 7,
    Lookup = 8,
    Convert = 9,
    Softmax = 10,
    Lrn = 11,
    MatMul = 12,
    Constant = 13,
}
