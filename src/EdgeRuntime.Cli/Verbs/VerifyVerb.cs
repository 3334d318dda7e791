using EdgeRuntime.Bundles;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert verify</c>: loads a bundle with all checks and compares the hash of its outputs with the one recorded by the packer.</summary>
internal sealed class VerifyVerb : IVerb
{
    // Scalar code does this in about a second even on the smallest boards.
    private const double ReferenceLimit = 5e7;

    public string Name => "verify";

    public string Summary => "checks a bundle and that this machine computes what the packer did";

    public string Operands => "OUT.edge";

    public string[] Examples => ["verify model.edge", "verify model.edge --point dense --json"];

    public OptionSpec[] Options =>
    [
        CommonOptions.Points with { Help = "Operating point (default: all)." }, CommonOptions.Threads, CommonOptions.Json,
    ];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        string path = arguments.SingleOperand("one bundle");
        using LoadedModel loaded = LoadedModel.Open(path, arguments);
        int[] points = loaded.Points(arguments, CommonOptions.Points, allByDefault: true);
        ulong[] hashes = Array.ConvertAll(points, p => Hash(loaded.Session, p, cancellation));
        ulong[]? references = Macs(loaded.Session, points) <= ReferenceLimit ? WithReferenceKernels(path, points, cancellation) : null;

        bool good = true;
        for (int i = 0; i < points.Length; i++)
        {
            good &= Outcome(loaded.Bundle.Points[points[i]], hashes[i], references?[i]) == "ok";
        }

        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal, loaded.Bundle, points, hashes, references, good);
        }
        else
        {
            WriteText(terminal, loaded.Bundle, points, hashes, references);
        }

        return good ? ExitCode.Ok : throw new EdgeRuntimeException(
            $"'{path}' failed verification: {Advice(loaded.Bundle, points, hashes, references)}", ExitCode.VerificationFailed);
    }

    private static ulong Hash(Session session, int point, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        session.Point = point;
        session.SetGoldenInput();
        session.Run();
        return session.HashOutputs();
    }

    // A fault that all fast kernels share would agree with itself; the scalar oracle tells.
    private static ulong[] WithReferenceKernels(string path, int[] points, CancellationToken cancellation)
    {
        string? before = Environment.GetEnvironmentVariable("EDGERT_FORCE_KERNEL");
        Environment.SetEnvironmentVariable("EDGERT_FORCE_KERNEL", "reference");
        try
        {
            using EdgeModel model = EdgeModel.Load(path);
            using Session session = model.CreateSession();
            return Array.ConvertAll(points, p => Hash(session, p, cancellation));
        }
        finally
        {
            Environment.SetEnvironmentVariable("EDGERT_FORCE_KERNEL", before);
        }
    }

    private static double Macs(Session session, int[] points)
    {
        double sum = 0;
        foreach (int point in points)
        {
            session.Point = point;
            sum += session.Macs;
        }

        return sum;
    }

    private static string Outcome(OperatingPoint point, ulong hash, ulong? reference)
        => reference is { } other && other != hash ? "kernels-differ"
        : point.GoldenHash is null ? "unrecorded"
        : point.GoldenHash == hash ? "ok"
        : "mismatch";

    private static string Advice(Bundle bundle, int[] points, ulong[] hashes, ulong[]? references)
    {
        for (int i = 0; i < points.Length; i++)
        {
            OperatingPoint point = bundle.Points[points[i]];
            switch (Outcome(point, hashes[i], references?[i]))
            {
                case "kernels-differ":
                    return $"at point '{point.Name}' the chosen kernels and the reference differ. Please report this with the output of 'edgert kernels'.";
                case "unrecorded":
                    return $"point '{point.Name}' has no recorded hash. Pack the model again with modelpacker.";
                case "mismatch":
                    return $"at point '{point.Name}' the outputs differ from those recorded. Copy the bundle again, or pack it with this version.";
                default:
                    break;
            }
        }

        return "";
    }

    private static void WriteJson(Terminal terminal, Bundle bundle, int[] points, ulong[] hashes, ulong[]? references, bool good)
    {
        using JsonReport report = new(terminal, "edgert.verify");
        report.Writer.WriteString("model", bundle.Name);
        report.Writer.WriteBoolean("ok", good);
        report.Writer.WriteStartArray("points");
        for (int i = 0; i < points.Length; i++)
        {
            OperatingPoint point = bundle.Points[points[i]];
            report.Writer.WriteStartObject();
            report.Writer.WriteString("point", point.Name);
            report.Writer.WriteString("outcome", Outcome(point, hashes[i], references?[i]));
            report.Writer.WriteString("hash", Format.Hash(hashes[i]));
            report.Writer.WriteString("golden_hash", point.GoldenHash is { } golden ? Format.Hash(golden) : null);
            report.Writer.WriteString("reference_hash", references is null ? null : Format.Hash(references[i]));
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Finish();
    }

    private static void WriteText(Terminal terminal, Bundle bundle, int[] points, ulong[] hashes, ulong[]? references)
    {
        for (int i = 0; i < points.Length; i++)
        {
            OperatingPoint point = bundle.Points[points[i]];
            string outcome = Outcome(point, hashes[i], references?[i]);
            string word = outcome == "ok" ? terminal.Good("ok") : terminal.Bad(outcome);
            terminal.WriteLine($"{point.Name}: {word} ({Format.Hash(hashes[i])}{(references is null ? "" : ", reference kernels tried too")})");
        }
    }
}
