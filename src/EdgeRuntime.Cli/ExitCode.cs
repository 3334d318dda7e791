namespace EdgeRuntime.Cli;

/// <summary>What the program ends with; part of its contract.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Unexpected = 1;
    public const int Usage = 2;
    public const int BadBundle = 3;
    public const int VerificationFailed = 4;
    public const int Hardware = 5;
    public const int Interrupted = 130;
}
