namespace ModelPacker.Tests;

/// <summary>Hears the lines of progress and stops the work when one of them begins as said.</summary>
internal sealed class Interrupter(string line, CancellationTokenSource source) : StringWriter
{
    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (value!.StartsWith(line, StringComparison.Ordinal))
        {
            source.Cancel();
        }
    }
}
