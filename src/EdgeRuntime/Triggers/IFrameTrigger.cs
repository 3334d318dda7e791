using EdgeRuntime.Images;

namespace EdgeRuntime.Triggers;

/// <summary>Looks at every frame and says which are worth an inference.</summary>
public interface IFrameTrigger : ITrigger
{
    /// <summary>Whether this frame fires. Frames come in order; JPEG frames come decoded.</summary>
    bool Accepts(in PixelView frame);
}
