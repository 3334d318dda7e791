namespace EdgeRuntime.Sessions;

/// <summary>Several bound steps that count as one (the copies of a concatenation); none where all was written in place.</summary>
internal sealed class SequenceStep(string name, string kind, BoundStep[] parts, int rows)
    : BoundStep(name, kind, parts.Length == 0 ? "in-place" : parts[0].Kernel, rows, 0)
{
    public override int Units => 1;

    public override void Run(int begin, int end, int worker)
    {
        foreach (BoundStep part in parts)
        {
            part.Run(0, part.Units, worker);
        }
    }
}
