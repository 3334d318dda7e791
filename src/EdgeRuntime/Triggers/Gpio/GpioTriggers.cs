using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Takes a line by the kernel's own interface, or through System.Device.Gpio where the kernel is too old for it.</summary>
public static class GpioTriggers
{
    /// <summary>Takes the line.</summary>
    /// <exception cref="DeviceException">Neither way works.</exception>
    public static IEventTrigger Create(GpioAddress address, int debounceMicroseconds, IDeviceLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (GpioLineTrigger.TryOpen(address, debounceMicroseconds) is { } line)
        {
            return line;
        }

        log.Warn("gpio-fallback", $"{address.Chip}: this kernel lacks version 2 of the GPIO interface (Linux 5.10), so libgpiod is used: no kernel time stamps, "
            + "debouncing in the program, more wake-ups. Update the system to mend that.");
        return new GpioControllerTrigger(address, debounceMicroseconds);
    }
}
