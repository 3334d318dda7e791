using System.Globalization;
using EdgeRuntime.Platform;
using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Triggers;

/// <summary>Makes triggers from what was typed.</summary>
public static class TriggerFactory
{
    /// <summary>The forms, for help texts and errors.</summary>
    public const string Forms = "every-frame, interval:MS, motion, motion:PERCENT, signal (SIGUSR1) or gpio:CHIP:LINE[:falling|rising]";

    /// <summary>Makes the trigger and takes its device.</summary>
    /// <param name="text">One of <see cref="Forms"/>.</param>
    /// <param name="waker">What waits will be given.</param>
    /// <param name="debounceMicroseconds">GPIO: edges closer together than this are one.</param>
    /// <param name="log">Told when a second choice is taken.</param>
    /// <exception cref="EdgeRuntimeException">Not one of the forms (exit code 2), or the device cannot be used (5).</exception>
    public static ITrigger Create(string text, Waker waker, int debounceMicroseconds, IDeviceLog log)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        return parts switch
        {
            ["every-frame"] => new EveryFrameTrigger(),
            ["motion"] => new MotionTrigger(),
            ["motion", var percent] => new MotionTrigger(Number(text, percent, 0.01, 100) / 100),
            ["signal"] => new SignalTrigger(waker),
            ["interval", var milliseconds] => new IntervalTrigger(Number(text, milliseconds, 0.1, 86_400_000)),
            ["gpio", .. var line] => GpioTriggers.Create(GpioAddress.Parse(text, line), debounceMicroseconds, log),
            _ => throw Unknown(text),
        };
    }

    private static double Number(string text, string part, double least, double most)
        => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value
            : throw new EdgeRuntimeException($"The trigger '{text}' has '{part}' where a number from {least} to {most} belongs.", 2);

    private static EdgeRuntimeException Unknown(string text) => new($"The trigger '{text}' is not known. Write {Forms}.", 2);
}
