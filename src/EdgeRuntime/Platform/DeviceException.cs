namespace EdgeRuntime.Platform;

/// <summary>A device is missing, may not be used, or does not do what is asked. The message says what, where and how to mend it.</summary>
public sealed class DeviceException : EdgeRuntimeException
{
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="where">The device.</param>
    /// <param name="how">How to mend it, without a full stop.</param>
    /// <param name="inner">The cause.</param>
    public DeviceException(string what, string where, string how, Exception? inner = null)
        : base($"{where}: {what}. {how}.", 5, inner)
    {
    }

    /// <summary>From an error number of the system.</summary>
    /// <param name="action">What was tried, for example "cannot open the camera".</param>
    /// <param name="where">The device.</param>
    /// <param name="number">The error number.</param>
    /// <param name="group">The group whose members may use such devices.</param>
    internal static DeviceException Of(string action, string where, int number, string group) => new($"{action} ({Errno.Text(number)})", where, number switch
    {
        Errno.AccessDenied or Errno.NotPermitted => $"Add the user to the group '{group}' (sudo usermod -aG {group} $USER) and log in again",
        Errno.NoEntry or Errno.NoDevice => "Check the name and that the device is connected; 'edgert doctor' lists what is there",
        Errno.Busy => "Another program uses it: end that program",
        _ => "'edgert doctor' looks for the cause",
    });
}
