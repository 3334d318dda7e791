using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Adds to the names of stages what they are about.</summary>
/// <param name="progress">Told of them.</param>
/// <param name="suffix">What is added.</param>
internal sealed class StageProgress(IPackProgress progress, string suffix) : IPackProgress
{
    public void Begin(string name, int total) => progress.Begin(name + suffix, total);

    public void Advance(int done) => progress.Advance(done);

    public void Warn(string message) => progress.Warn(message);

    public void Status(string text, bool lasting) => progress.Status(text + suffix, lasting);
}
