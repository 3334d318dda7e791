namespace EdgeRuntime;

/// <summary>An error that a user can mend: the message says what, where and how. <see cref="ExitCode"/> is what the commands end with.</summary>
public class EdgeRuntimeException(string message, int exitCode, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>2 usage · 3 bad or unsupported model or bundle · 4 verification failed · 5 hardware or permission missing.</summary>
    public int ExitCode { get; } = exitCode;
}
