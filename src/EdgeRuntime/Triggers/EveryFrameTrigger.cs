using EdgeRuntime.Images;

namespace EdgeRuntime.Triggers;

/// <summary>Every frame fires.</summary>
public sealed class EveryFrameTrigger : IFrameTrigger
{
    /// <inheritdoc/>
    public string Name => "every-frame";

    /// <inheritdoc/>
    public bool Accepts(in PixelView frame) => true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
