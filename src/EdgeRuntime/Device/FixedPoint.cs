using System.Text.Json;
using EdgeRuntime.Bundles;

namespace EdgeRuntime.Device;

/// <summary>Always the same operating point.</summary>
/// <param name="name">Its name; null = the first.</param>
public sealed class FixedPoint(string? name) : IWatchPolicy
{
    private int _point;

    /// <inheritdoc/>
    public int Begin(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return _point = name is null ? 0 : bundle.FindPoint(name);
    }

    /// <inheritdoc/>
    public bool LooksAgain(in FrameObservation soFar, out int point)
    {
        point = _point;
        return false;
    }

    /// <inheritdoc/>
    public int Next(in FrameObservation frame) => _point;

    /// <inheritdoc/>
    public void Describe(in FrameObservation frame, Utf8JsonWriter line)
    {
    }
}
