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

    /// <summary>Something the user should know.</summary>
    void Warn(string message);
}
