namespace ModelPacker.Import;

/// <summary>A model that is broken, or that cannot be used. The message says what is wrong, where, and how to mend it.</summary>
public class ModelException : Exception
{
    /// <summary>Exit code of the commands for a bad or unsupported model.</summary>
    public const int ExitCode = 3;

    /// <summary>A broken model.</summary>
    public ModelException(string message)
        : base(message)
    {
    }

    /// <summary>A broken model, with the error behind it.</summary>
    public ModelException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
