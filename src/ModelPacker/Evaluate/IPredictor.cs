using EdgeRuntime.Images;

namespace ModelPacker.Evaluate;

/// <summary>Answers a picture with the values of the network's first output (classification) or of all outputs one after another.</summary>
public interface IPredictor : IDisposable
{
    /// <summary>The outputs; valid until the next call.</summary>
    ReadOnlySpan<float> Predict(Picture picture);
}
