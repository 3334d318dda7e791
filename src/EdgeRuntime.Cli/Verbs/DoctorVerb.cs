using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Device.Diagnosis;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert doctor</c>: what this machine is, what is missing, and how to mend it.</summary>
internal sealed class DoctorVerb : IVerb
{
    private static readonly OptionSpec Root = new("--root", "DIR", "Look at a recorded copy of /proc, /sys, /dev and /etc instead of this machine.", CommonOptions.RootVariable);

    public string Name => "doctor";

    public string Summary => "says what this board lacks and how to mend it";

    public string Operands => "";

    public string[] Examples => ["doctor", "doctor --json"];

    public OptionSpec[] Options => [Root, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        arguments.NoOperands();
        string root = arguments.Value(Root) ?? "/";
        if (!Directory.Exists(root))
        {
            throw new UsageException($"there is no folder '{root}'", "name the folder that stands for /");
        }

        BoardFacts? board = BoardFacts.Detect(root);
        List<Finding> findings = Doctor.Examine(new SystemTree(root), board);
        bool well = !findings.Exists(f => f.State == FindingState.Problem);
        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal, board, findings, well);
        }
        else
        {
            WriteText(terminal, findings);
        }

        return well ? ExitCode.Ok : ExitCode.Hardware;
    }

    private static void WriteJson(Terminal terminal, BoardFacts? board, List<Finding> findings, bool well)
    {
        using JsonReport report = new(terminal, "edgert.doctor");
        report.Writer.WriteString("board", board?.Name);
        report.Writer.WriteBoolean("ok", well);
        report.Writer.WriteStartArray("checks");
        foreach (Finding finding in findings)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("check", finding.Check);
            report.Writer.WriteString("state", Word(finding.State));
            report.Writer.WriteString("what", finding.What);
            report.Writer.WriteString("mend", finding.Mend);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static void WriteText(Terminal terminal, List<Finding> findings)
    {
        foreach (Finding finding in findings)
        {
            string word = Word(finding.State).PadRight(8);
            string state = finding.State switch
            {
                FindingState.Ok => terminal.Good(word),
                FindingState.Absent => word,
                _ => terminal.Bad(word),
            };
            terminal.WriteLine($"{state} {finding.Check,-13} {finding.What}");
            if (finding.Mend is not null)
            {
                terminal.WriteLine($"{"",-22} -> {finding.Mend}");
            }
        }
    }

    private static string Word(FindingState state) => state switch
    {
        FindingState.Ok => "ok",
        FindingState.Absent => "absent",
        FindingState.Warning => "warning",
        _ => "problem",
    };
}
