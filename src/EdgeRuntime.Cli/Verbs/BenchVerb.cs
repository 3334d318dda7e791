using System.Diagnostics;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Energy;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert bench</c>: times inference on the golden input.</summary>
internal sealed class BenchVerb : IVerb
{
    private static readonly OptionSpec Runs = new("--runs", "N", "Timed runs per operating point (default 30).");
    private static readonly OptionSpec Warmup = new("--warmup", "N", "Runs before the timed ones (default 5).");

    public string Name => "bench";

    public string Summary => "times inference, several operating points in turn";

    public string Operands => "OUT.edge";

    public string[] Examples => ["bench model.edge --point all", "bench model.edge --threads 1 --runs 100 --json", "bench model.edge --point all --energy --energy-source ina219@1-0040,shunt=0.1"];

    public OptionSpec[] Options => [CommonOptions.Points, CommonOptions.Threads, Runs, Warmup, .. EnergyBench.Options, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        string path = arguments.SingleOperand("one bundle");
        int runs = arguments.Integer(Runs, 30, 1, 1_000_000);
        int warmup = arguments.Integer(Warmup, 5, 0, 1_000_000);
        using LoadedModel loaded = LoadedModel.Open(path, arguments);
        int[] points = loaded.Points(arguments, CommonOptions.Points);
        Samples[] samples = Measure(loaded.Session, points, runs, warmup, cancellation, out long allocated);
        EnergyBench? energy = EnergyBench.Measure(arguments, terminal, loaded.Session, points, cancellation);
        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal, loaded, points, samples, energy, runs, allocated);
        }
        else
        {
            WriteText(terminal, loaded, points, samples, energy, runs);
        }

        return ExitCode.Ok;
    }

    // The points take turns, so that heat and other programs treat them alike. They share the arena: after another point's run the input is gone.
    private static Samples[] Measure(Session session, int[] points, int runs, int warmup, CancellationToken cancellation, out long allocated)
    {
        Samples[] samples = new Samples[points.Length];
        for (int p = 0; p < points.Length; p++)
        {
            samples[p] = new Samples(runs);
        }

        long before = 0;
        for (int run = -warmup; run < runs; run++)
        {
            before = run == 0 ? GC.GetTotalAllocatedBytes(precise: true) : before;
            for (int p = 0; p < points.Length; p++)
            {
                cancellation.ThrowIfCancellationRequested();
                session.Point = points[p];
                if (points.Length > 1 || run == -warmup)
                {
                    session.SetGoldenInput();
                }

                long start = Stopwatch.GetTimestamp();
                session.Run();
                if (run >= 0)
                {
                    samples[p].AddSince(start);
                }
            }
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return samples;
    }

    private static void WriteJson(Terminal terminal, LoadedModel loaded, int[] points, Samples[] samples, EnergyBench? energy, int runs, long allocated)
    {
        using JsonReport report = new(terminal, "edgert.bench");
        report.Writer.WriteString("model", loaded.Bundle.Name);
        report.Writer.WriteNumber("runs", runs);
        report.Writer.WriteNumber("allocated_bytes", allocated);
        if (energy is not null)
        {
            report.Writer.WriteString("energy_source", energy.Source);
            report.Number("idle_watts", energy.IdleWatts);
        }

        // Most callers ask for one point: they find its figures here and need not look into the list.
        JsonFigures(report, loaded, points[0], samples[0]);
        JsonEnergy(report, energy, 0);
        report.Writer.WriteStartArray("results");
        for (int p = 0; p < points.Length; p++)
        {
            report.Writer.WriteStartObject();
            JsonFigures(report, loaded, points[p], samples[p]);
            JsonEnergy(report, energy, p);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static void JsonFigures(JsonReport report, LoadedModel loaded, int point, Samples samples)
    {
        loaded.Session.Point = point;
        report.Writer.WriteString("point", loaded.Bundle.Points[point].Name);
        report.Writer.WriteNumber("threads", loaded.Session.Threads);
        report.Number("median_ms", samples.Median);
        report.Number("min_ms", samples.Minimum);
        report.Number("p95_ms", samples.P95);
        report.Number("macs", loaded.Session.Macs);
        report.Writer.WriteNumber("peak_bytes", loaded.Session.PeakBytes);
        report.Number("load_ms", loaded.LoadMilliseconds);
        report.Strings("kernels", Kernels(loaded.Session));
    }

    private static void JsonEnergy(JsonReport report, EnergyBench? energy, int index)
    {
        if (energy is null)
        {
            return;
        }

        report.Number("gross_mj", energy.GrossJoules(index) * 1e3);
        report.Number("net_mj", energy.NetJoules(index) * 1e3);
        report.Number("watts", energy.Watts(index));
        report.Writer.WriteStartArray("windows");
        foreach (EnergyWindow window in energy.WindowsOf(index))
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteNumber("inferences", window.Inferences);
            report.Number("seconds", window.Seconds);
            report.Number("joules", window.Joules);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
    }

    private static void WriteText(Terminal terminal, LoadedModel loaded, int[] points, Samples[] samples, EnergyBench? energy, int runs)
    {
        Session session = loaded.Session;
        terminal.WriteLine($"{loaded.Bundle.Name}: {session.Threads} thread(s), {runs} run(s), loaded in {Format.Milliseconds(loaded.LoadMilliseconds)} ms, "
            + $"peak memory {Format.Bytes(session.PeakBytes)}");
        TextTable table = new("point", ">median ms", ">min ms", ">p95 ms", ">MACs", ">GMAC/s");
        SortedSet<string> kernels = new(StringComparer.Ordinal);
        for (int p = 0; p < points.Length; p++)
        {
            session.Point = points[p];
            kernels.UnionWith(Kernels(session));
            double median = samples[p].Median;
            table.Add(loaded.Bundle.Points[points[p]].Name, Format.Milliseconds(median), Format.Milliseconds(samples[p].Minimum),
                Format.Milliseconds(samples[p].P95), Format.Macs(session.Macs), Format.Figure(session.Macs / median / 1e6));
        }

        table.Write(terminal);
        if (energy is not null)
        {
            WriteEnergy(terminal, loaded, points, energy);
        }

        terminal.WriteLine($"kernels: {string.Join(", ", kernels)}");
    }

    private static void WriteEnergy(Terminal terminal, LoadedModel loaded, int[] points, EnergyBench energy)
    {
        TextTable table = new("point", ">gross mJ", ">net mJ", ">W", ">windows");
        for (int p = 0; p < points.Length; p++)
        {
            table.Add(loaded.Bundle.Points[points[p]].Name, Format.Figure(energy.GrossJoules(p) * 1e3), Format.Figure(energy.NetJoules(p) * 1e3),
                Format.Figure(energy.Watts(p)), Format.Figure(energy.WindowsOf(p).Length));
        }

        table.Write(terminal);
        terminal.WriteLine($"energy: {energy.Source}, idle {Format.Figure(energy.IdleWatts)} W");
    }

    private static SortedSet<string> Kernels(Session session)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (BoundStep step in session.Steps)
        {
            names.Add($"{step.Kind}/{step.Kernel}");
        }

        return names;
    }
}
