namespace ModelPacker.Commands;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Data: tables or the JSON document.</param>
/// <param name="Error">Progress, warnings and errors.</param>
/// <param name="Interactive">Whether <paramref name="Error"/> is a terminal that a progress bar may be drawn on.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool Interactive)
{
    /// <summary>The process's own streams.</summary>
    public static Terminal OfProcess() => new(Console.Out, Console.Error, !Console.IsErrorRedirected);
}
