using EdgeRuntime.Images;

namespace EdgeRuntime.Cameras;

/// <summary>What is asked of a camera.</summary>
/// <param name="Width">Pixels per line.</param>
/// <param name="Height">Lines.</param>
/// <param name="FramesPerSecond">Pace; 0 = the camera's own.</param>
/// <param name="Format">Pixel format; null = what suits best.</param>
/// <param name="Seed">Of a synthetic scene.</param>
public sealed record CameraSettings(int Width = 640, int Height = 480, double FramesPerSecond = 0, PixelFormat? Format = null, int Seed = 1)
{
    /// <summary>How long a live camera may send nothing before it counts as gone, in milliseconds.</summary>
    public const int SilenceMilliseconds = 3000;
}
