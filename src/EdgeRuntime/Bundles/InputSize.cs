namespace EdgeRuntime.Bundles;

/// <summary>Size of the picture that an operating point takes.</summary>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
public readonly record struct InputSize(int Height, int Width);
