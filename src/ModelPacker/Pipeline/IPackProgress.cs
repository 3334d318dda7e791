namespace ModelPacker.Pipeline;

/// <summary>Hears how far a long piece of work has got.</summary>
public interface IPackProgress
{
    /// <summary>A stage begins.</summary>
    /// <param name="name">For example "calibrate".</param>
    /// <param name="total">Units of work, 0: unknown.</param>
    void Begin(string name, int total);

    /// <summary>Units done of the stage.</summary>
    void Advance(int done);

    /// <summary>How the work of the stage goes, in words.</summary>
    /// <param name="text">For example the loss so far.</param>
    /// <param name="lasting">Worth a line of its own where there is no bar; else soon outdated.</param>
    void Status(string text, bool lasting)
    {
    }

    /// <summary>Something the user should know.</summary>
    void Warn(string message);
}
