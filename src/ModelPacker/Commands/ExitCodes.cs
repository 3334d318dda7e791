namespace ModelPacker.Commands;

/// <summary>What the process ends with.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Ok = 0;

    /// <summary>An error of the program itself.</summary>
    public const int Unexpected = 1;

    /// <summary>Wrong arguments, or files that are not there.</summary>
    public const int Usage = 2;

    /// <summary>A bad or unsupported model or bundle.</summary>
    public const int Model = 3;

    /// <summary>The accuracy gate failed.</summary>
    public const int Gate = 4;

    /// <summary>Interrupted by a signal.</summary>
    public const int Interrupted = 130;
}
