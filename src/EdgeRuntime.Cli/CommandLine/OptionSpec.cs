namespace EdgeRuntime.Cli.CommandLine;

/// <summary>An option of a verb.</summary>
/// <param name="Name">With dashes, for example <c>--threads</c>.</param>
/// <param name="Value">Placeholder of its value in the help text; null for a switch.</param>
/// <param name="Help">One line.</param>
/// <param name="Variable">Environment variable that stands in when the option is not given; null for none.</param>
internal sealed record OptionSpec(string Name, string? Value, string Help, string? Variable = null);
