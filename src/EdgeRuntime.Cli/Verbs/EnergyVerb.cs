using System.Globalization;
using System.Text;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Energy.Logs;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert energy</c>: sums an energy log up, and converts it.</summary>
internal sealed class EnergyVerb : IVerb
{
    private static readonly OptionSpec Csv = new("--csv", "FILE", "Write the records as CSV; '-' is stdout.");
    private static readonly OptionSpec Svg = new("--svg", "FILE", "Draw the log as a timeline; '-' is stdout.");

    public string Name => "energy";

    public string Summary => "sums an energy log up, and converts it to CSV and SVG";

    public string Operands => "LOG";

    public string[] Examples => ["energy energy.jsonl --svg energy.svg", "energy energy.jsonl --csv energy.csv", "energy energy.jsonl --json"];

    public OptionSpec[] Options => [Csv, Svg, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        string path = arguments.SingleOperand("one energy log");
        string? csv = arguments.Value(Csv);
        string? svg = arguments.Value(Svg);
        bool json = arguments.Has(CommonOptions.Json);
        if ((csv == "-" ? 1 : 0) + (svg == "-" ? 1 : 0) + (json ? 1 : 0) > 1)
        {
            throw new UsageException("more than one thing would go to stdout", "give '--csv' or '--svg' a file's name");
        }

        OutputPath.Distinct(Csv.Name, csv, path);
        OutputPath.Distinct(Svg.Name, svg, path, csv);
        EnergyLogReader log = EnergyLogReader.Read(path);
        Write(csv, terminal, () => ToCsv(log.Entries));
        Write(svg, terminal, () => EnergyTimeline.ToSvg(log.Entries, Path.GetFileName(path)));
        EnergySummary summary = EnergySummary.Of(log);
        if (json)
        {
            WriteJson(terminal, log, summary);
        }
        else if (csv != "-" && svg != "-")
        {
            WriteText(terminal, log, summary);
        }

        return ExitCode.Ok;
    }

    private static void Write(string? path, Terminal terminal, Func<string> make)
    {
        if (path == "-")
        {
            terminal.Write(make());
        }
        else if (path is not null)
        {
            File.WriteAllText(path, make());
            terminal.Note($"written: {path}");
        }
    }

    private static void WriteText(Terminal terminal, EnergyLogReader log, EnergySummary summary)
    {
        TextTable table = new("source", ">seconds", ">J", ">mean W");
        foreach (EnergySummary.Source source in summary.Sources)
        {
            table.Add(source.Tag, Format.Figure(source.Seconds), Format.Figure(source.Joules), Format.Figure(source.Joules / source.Seconds));
        }

        if (summary.Sources.Length > 0)
        {
            table.Write(terminal);
        }

        TextTable points = new("point", ">frames", ">mean ms", ">gross mJ", ">net mJ", "source");
        foreach (EnergySummary.Point point in summary.Points)
        {
            points.Add(point.Name, Format.Figure(point.Frames), Format.Milliseconds(point.Milliseconds), Millijoules(point.GrossJoules), Millijoules(point.NetJoules), point.Source);
        }

        if (summary.Points.Length > 0)
        {
            points.Write(terminal);
        }

        terminal.WriteLine($"{log.Entries.Count} record(s), {summary.Switches} switch(es), {summary.Gaps} gap(s) of {Format.Figure(summary.GapSeconds)} s, "
            + $"{log.Missing} record(s) missing, {log.Unreadable} unreadable{(log.HasTornTail ? ", the last one unfinished" : "")}");
    }

    private static void WriteJson(Terminal terminal, EnergyLogReader log, EnergySummary summary)
    {
        using JsonReport report = new(terminal, "edgert.energy");
        report.Writer.WriteNumber("records", log.Entries.Count);
        report.Writer.WriteNumber("missing", log.Missing);
        report.Writer.WriteNumber("unreadable", log.Unreadable);
        report.Writer.WriteBoolean("torn_tail", log.HasTornTail);
        report.Writer.WriteNumber("switches", summary.Switches);
        report.Writer.WriteNumber("gaps", summary.Gaps);
        report.Number("gap_seconds", summary.GapSeconds);
        report.Writer.WriteStartArray("sources");
        foreach (EnergySummary.Source source in summary.Sources)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("source", source.Tag);
            report.Number("seconds", source.Seconds);
            report.Number("joules", source.Joules);
            report.Number("mean_watts", source.Joules / source.Seconds);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Writer.WriteStartArray("points");
        foreach (EnergySummary.Point point in summary.Points)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("point", point.Name);
            report.Writer.WriteNumber("frames", point.Frames);
            report.Number("mean_ms", point.Milliseconds);
            report.Number("gross_mj", point.GrossJoules * 1e3);
            report.Number("net_mj", point.NetJoules * 1e3);
            report.Writer.WriteString("source", point.Source);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static string Millijoules(double joules) => double.IsNaN(joules) ? "-" : Format.Figure(joules * 1e3);

    private static string ToCsv(List<LogEntry> entries)
    {
        StringBuilder text = new("run,seq,utc,t,type,source,watts,joules,seconds,frame,point,ms,gross_j,net_j,period_s,period_j,message\n");
        foreach (LogEntry e in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{e.Run},{e.Sequence},{e.Utc},{e.Seconds},{e.Type},{Quoted(e.Source)},{e.Watts},{e.Joules},{e.Duration},{e.Frame},");
            text.Append(CultureInfo.InvariantCulture, $"{Quoted(e.Point)},{e.Milliseconds},{e.GrossJoules},{e.NetJoules},{e.PeriodSeconds},{e.PeriodJoules},{Quoted(e.Message)}\n");
        }

        return text.ToString();
    }

    private static string Quoted(string? text)
        => text is null ? "" : text.AsSpan().IndexOfAny(',', '"', '\n') < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal).Replace('\n', ' ') + "\"";
}
