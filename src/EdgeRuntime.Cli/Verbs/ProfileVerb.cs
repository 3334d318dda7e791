using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert profile</c>: times every step and names the kernel that runs it.</summary>
internal sealed class ProfileVerb : IVerb
{
    private static readonly OptionSpec Runs = new("--runs", "N", "Timed runs (default 20, after 3 untimed ones).");
    private static readonly OptionSpec Sort = new("--sort", "ORDER", "Order of the text table: order, time or macs (default: order).");
    private static readonly OptionSpec Trace = new("--trace", "FILE", "Write the last run as a Chrome trace (chrome://tracing, Perfetto).");

    private static readonly OptionSpec Step = new("--step", "NAME", "Run the whole network once and then this step alone, with warm caches.");

    private const int Warmup = 3;

    public string Name => "profile";

    public string Summary => "times every step and names its kernel";

    public string Operands => "OUT.edge";

    public string[] Examples => ["profile model.edge --sort time", "profile model.edge --threads 4 --trace model.trace.json", "profile model.edge --step conv3 --runs 100", "profile model.edge --json"];

    public OptionSpec[] Options => [CommonOptions.Point, CommonOptions.Threads, Runs, Step, Sort, Trace, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        string path = arguments.SingleOperand("one bundle");
        int runs = arguments.Integer(Runs, 20, 1, 100_000);
        string order = arguments.Word(Sort, "order", "time", "macs");
        OutputPath.Distinct(Trace.Name, arguments.Value(Trace), path);
        using LoadedModel loaded = LoadedModel.Open(path, arguments);
        Session session = loaded.Session;
        session.Point = loaded.Points(arguments, CommonOptions.Point)[0];
        session.SetGoldenInput();
        int[] steps = Chosen(session, arguments);
        TimedSession timed = new(session);
        Samples[] samples = Array.ConvertAll(steps, _ => new Samples(runs));
        timed.Run();
        for (int run = 1 - Warmup; run < runs; run++)
        {
            cancellation.ThrowIfCancellationRequested();
            timed.Run(steps);
            for (int i = 0; run >= 0 && i < steps.Length; i++)
            {
                samples[i].Add(timed.Nanoseconds(steps[i]) / 1e6);
            }
        }

        double[] medians = Array.ConvertAll(samples, s => s.Median);
        if (arguments.Value(Trace) is { } trace)
        {
            ChromeTrace.Write(trace, timed);
            terminal.Note($"trace written to {trace}");
        }

        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal, loaded, steps, medians, runs);
        }
        else
        {
            WriteText(terminal, loaded, steps, medians, order);
        }

        return ExitCode.Ok;
    }

    // All steps, or the one that is asked for.
    private static int[] Chosen(Session session, Arguments arguments)
    {
        if (arguments.Value(Step) is not { } name)
        {
            int[] all = new int[session.Steps.Length];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = i;
            }

            return all;
        }

        if (arguments.Value(Trace) is not null)
        {
            throw new UsageException("'--trace' draws all steps of a run and '--step' runs one of them", "give one of the two");
        }

        for (int i = 0; i < session.Steps.Length; i++)
        {
            if (session.Steps[i].Name == name)
            {
                return [i];
            }
        }

        throw new UsageException($"The network has no step '{name}'", "'edgert profile BUNDLE' lists their names");
    }

    private static void WriteJson(Terminal terminal, LoadedModel loaded, int[] steps, double[] medians, int runs)
    {
        Session session = loaded.Session;
        double total = Sum(medians);
        using JsonReport report = new(terminal, "edgert.profile");
        report.Writer.WriteString("model", loaded.Bundle.Name);
        report.Writer.WriteString("point", loaded.Bundle.Points[session.Point].Name);
        report.Writer.WriteNumber("threads", session.Threads);
        report.Writer.WriteNumber("runs", runs);
        report.Number("total_ms", total);
        report.Writer.WriteStartArray("steps");
        for (int i = 0; i < medians.Length; i++)
        {
            BoundStep step = session.Steps[steps[i]];
            report.Writer.WriteStartObject();
            report.Writer.WriteString("name", step.Name);
            report.Writer.WriteString("kind", step.Kind);
            report.Writer.WriteString("kernel", step.Kernel);
            report.Writer.WriteNumber("rows", step.Rows);
            report.Number("macs", step.Macs);
            report.Number("median_ms", medians[i]);
            report.Number("share", medians[i] / total);
            report.Number("gmacs_per_second", step.Macs / medians[i] / 1e6);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static void WriteText(Terminal terminal, LoadedModel loaded, int[] steps, double[] medians, string order)
    {
        Session session = loaded.Session;
        double total = Sum(medians);
        int[] indices = new int[medians.Length];
        double[] keys = new double[medians.Length];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = i;
            keys[i] = order switch { "time" => -medians[i], "macs" => -session.Steps[steps[i]].Macs, _ => i };
        }

        Array.Sort(keys, indices);
        TextTable table = new("step", "kind", "kernel", ">rows", ">MACs", ">median ms", ">share", ">GMAC/s");
        foreach (int i in indices)
        {
            BoundStep step = session.Steps[steps[i]];
            table.Add(step.Name, step.Kind, step.Kernel, Format.Figure(step.Rows), step.Macs > 0 ? Format.Macs(step.Macs) : "",
                Format.Milliseconds(medians[i]), Format.Percent(medians[i] / total), step.Macs > 0 ? Format.Figure(step.Macs / medians[i] / 1e6) : "");
        }

        table.Write(terminal);
        terminal.WriteLine($"{loaded.Bundle.Name}, point '{loaded.Bundle.Points[session.Point].Name}', {session.Threads} thread(s): "
            + $"{Format.Milliseconds(total)} ms, {Format.Macs(steps.Length == 1 ? session.Steps[steps[0]].Macs : session.Macs)} MACs");
    }

    private static double Sum(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
