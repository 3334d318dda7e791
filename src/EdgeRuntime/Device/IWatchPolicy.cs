using System.Text.Json;
using EdgeRuntime.Bundles;

namespace EdgeRuntime.Device;

/// <summary>Chooses operating points while frames are answered. Called by the inference thread only; must not allocate per frame.</summary>
public interface IWatchPolicy
{
    /// <summary>The next frame's work may not begin earlier (<see cref="Platform.Clock"/>); 0 = at once.</summary>
    long NotBefore { get; }

    /// <summary>A bundle begins to run: at the start and after a hot swap.</summary>
    /// <returns>The point for the first frame.</returns>
    /// <exception cref="EdgeRuntimeException">The bundle lacks what the policy needs. A hot swap is then refused and the old bundle goes on.</exception>
    int Begin(Bundle bundle);

    /// <summary>A frame's work begins.</summary>
    void Starting();

    /// <summary>Whether the frame just answered deserves a second look. Its times up to the answer are known.</summary>
    /// <param name="soFar">The answer so far.</param>
    /// <param name="point">The point to look with.</param>
    bool LooksAgain(in FrameObservation soFar, out int point);

    /// <summary>A frame's work is done.</summary>
    /// <returns>The point for the next one.</returns>
    int Next(in FrameObservation frame);

    /// <summary>Adds members to the line of the frame that <see cref="Next"/> was told of.</summary>
    void Describe(Utf8JsonWriter line);
}
