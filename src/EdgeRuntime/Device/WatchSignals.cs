using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Device;

/// <summary>Output lines: the strobe is high from trigger to frame, the marker is low while the network computes, the LED is high from answer to trigger.</summary>
/// <param name="led">Ready lamp.</param>
/// <param name="strobe">Light for the camera.</param>
/// <param name="marker">Marks windows for a power meter: it falls where the window begins (EnergyRunner).</param>
public sealed class WatchSignals(GpioOutput? led, GpioOutput? strobe, GpioOutput? marker) : IDisposable
{
    /// <summary>A trigger fired.</summary>
    public void Triggered()
    {
        strobe?.Set(true);
        led?.Set(false);
    }

    /// <summary>The frame is in hand.</summary>
    public void Taken() => strobe?.Set(false);

    /// <summary>The network begins or ends.</summary>
    public void Inferring(bool active) => marker?.Set(!active);

    /// <summary>The answer is out, or there will be none.</summary>
    public void Done() => led?.Set(true);

    /// <inheritdoc/>
    public void Dispose()
    {
        led?.Dispose();
        strobe?.Dispose();
        marker?.Dispose();
    }
}
