namespace ModelPacker.Gradients;

/// <summary>Sees the accumulators of a convolution or depthwise step and their gradient.</summary>
/// <param name="step">Index of the step.</param>
/// <param name="firstPicture">Index in the batch of the first picture shown.</param>
/// <param name="pictures">Pictures shown.</param>
/// <param name="values">V = scale · (Σ weights · x + bias) + shift, before the activation, real units: [pictures, rows, channels].</param>
/// <param name="gradients">∂L/∂V, laid out alike.</param>
public delegate void AccumulatorObserver(int step, int firstPicture, int pictures, ReadOnlySpan<float> values, ReadOnlySpan<float> gradients);
