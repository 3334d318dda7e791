using System.Runtime.InteropServices;

namespace EdgeRuntime.Platform;

/// <summary>Error numbers of Linux that are told apart, and words for all.</summary>
internal static class Errno
{
    public const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, InputOutput = 5, TryAgain = 11, AccessDenied = 13, Busy = 16, NoDevice = 19, Invalid = 22, NotTypewriter = 25;

    /// <summary>The last failed call's number.</summary>
    public static int Last => Marshal.GetLastPInvokeError();

    /// <summary>The system's own words.</summary>
    public static string Text(int number) => Marshal.GetPInvokeErrorMessage(number);
}
