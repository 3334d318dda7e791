using ModelPacker.Pipeline;

namespace ModelPacker.Tests.Tune;

/// <summary>Progress that nobody looks at.</summary>
internal sealed class Silent : IPackProgress
{
    public void Begin(string name, int total)
    {
    }

    public void Advance(int done)
    {
    }

    public void Warn(string message)
    {
    }
}
