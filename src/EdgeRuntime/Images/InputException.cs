namespace EdgeRuntime.Images;

/// <summary>Something handed in from outside (a picture, an input description, a model output) cannot be used.</summary>
/// <remarks>Message = "where: what. How to mend it."; the three parts are kept apart for machine-readable reports.</remarks>
public sealed class InputException : Exception
{
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="where">The file, stream or JSON member it was found in.</param>
    /// <param name="how">How to mend it, without a full stop.</param>
    /// <param name="inner">The cause, if another exception told of it.</param>
    public InputException(string what, string where, string how, Exception? inner = null)
        : base($"{where}: {what}. {how}.", inner)
    {
        What = what;
        Where = where;
        How = how;
    }

    /// <summary>What is wrong.</summary>
    public string What { get; }

    /// <summary>The file, stream or JSON member it was found in.</summary>
    public string Where { get; }

    /// <summary>How to mend it.</summary>
    public string How { get; }
}
