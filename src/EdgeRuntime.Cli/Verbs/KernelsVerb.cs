using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Kernels;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert kernels</c>: every kernel variant, what this CPU supports, and what would be chosen.</summary>
internal sealed class KernelsVerb : IVerb
{
    public string Name => "kernels";

    public string Summary => "lists kernel variants and what this CPU supports";

    public string Operands => "";

    public string[] Examples => ["kernels", "kernels --json"];

    public OptionSpec[] Options => [CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        arguments.NoOperands();
        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal);
        }
        else
        {
            WriteText(terminal);
        }

        return ExitCode.Ok;
    }

    private static void WriteJson(Terminal terminal)
    {
        using JsonReport report = new(terminal, "edgert.kernels");
        report.Writer.WriteStartObject("cpu");
        report.Writer.WriteString("model", CpuFeatures.Model());
        report.Writer.WriteString("architecture", CpuFeatures.Architecture);
        report.Writer.WriteNumber("cores", Environment.ProcessorCount);
        report.Strings("features", CpuFeatures.Supported());
        report.Writer.WriteEndObject();
        report.Writer.WriteStartArray("families");
        foreach (IReadOnlyList<IKernelVariant> family in KernelRegistry.Families)
        {
            IKernelVariant selected = KernelSelection.Select(family);
            report.Writer.WriteStartObject();
            report.Writer.WriteString("family", selected.Family);
            report.Writer.WriteStartArray("variants");
            foreach (IKernelVariant variant in family)
            {
                report.Writer.WriteStartObject();
                report.Writer.WriteString("name", variant.Name);
                report.Writer.WriteBoolean("supported", variant.IsSupported);
                report.Writer.WriteBoolean("selected", ReferenceEquals(variant, selected));
                report.Writer.WriteEndObject();
            }

            report.Writer.WriteEndArray();
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static void WriteText(Terminal terminal)
    {
        terminal.WriteLine($"{CpuFeatures.Model() ?? "unknown CPU"} ({CpuFeatures.Architecture}, {Environment.ProcessorCount} core(s)): "
            + string.Join(" ", CpuFeatures.Supported()));
        TextTable table = new("family", "variant", "state");
        foreach (IReadOnlyList<IKernelVariant> family in KernelRegistry.Families)
        {
            IKernelVariant selected = KernelSelection.Select(family);
            foreach (IKernelVariant variant in family)
            {
                table.Add(variant.Family, variant.Name,
                    ReferenceEquals(variant, selected) ? "selected" : variant.IsSupported ? "supported" : "not on this CPU");
            }
        }

        table.Write(terminal);
    }
}
