using System.Diagnostics;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert run</c>: classifies pictures or finds objects in them.</summary>
internal sealed class RunVerb : IVerb
{
    private static readonly OptionSpec Top = new("--top", "K", "Classes shown per picture (default 5).");
    private static readonly OptionSpec Annotate = new("--annotate", "FILE", "Write annotated PNGs: a file, a folder, or a pattern with {name}.");

    public string Name => "run";

    public string Summary => "classifies pictures or finds objects in them";

    public string Operands => "OUT.edge IMAGE...";

    public string[] Examples => ["run model.edge cat.jpg --annotate cat.png", "run model.edge pictures/ --top 3 --json", "run detector.edge street.jpg yard.jpg --annotate 'out/{name}.png'"];

    public OptionSpec[] Options => [CommonOptions.Point, CommonOptions.Threads, Top, Annotate, CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        if (arguments.Operands.Count < 2)
        {
            throw new UsageException("'edgert run' needs a bundle and at least one picture", "see 'edgert run --help'");
        }

        int top = arguments.Integer(Top, 5, 1, 1000);
        List<string> files = PictureList.Expand(arguments.Operands[1..]);
        using LoadedModel loaded = LoadedModel.Open(arguments.Operands[0], arguments);
        loaded.Session.Point = loaded.Points(arguments, CommonOptions.Point)[0];
        AnnotationTarget? annotations = arguments.Value(Annotate) is { } target ? new AnnotationTarget(target, files, arguments.Operands[0]) : null;
        PictureAnswers answers = new(loaded, top);
        using IRunReport report = arguments.Has(CommonOptions.Json)
            ? new RunJsonReport(terminal, loaded, answers.Spec)
            : new RunTextReport(terminal, answers.Spec);
        int broken = 0;
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                PictureAnswer answer = Answer(loaded.Session, answers, file);
                string? annotated = annotations?.FileFor(file);
                if (annotated is not null)
                {
                    PngWriter.Write(answers.Draw(answer), annotated);
                }

                report.Add(answer, annotated);
            }
            catch (InputException e)
            {
                broken++;
                report.AddError(file, e);
            }
        }

        report.Finish();
        return broken == 0 ? ExitCode.Ok : ExitCode.Usage;
    }

    private static PictureAnswer Answer(Session session, PictureAnswers answers, string file)
    {
        Picture picture = PictureReader.Read(file);
        long start = Stopwatch.GetTimestamp();
        answers.Feed(picture);
        double prepared = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        session.Run();
        double inferred = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return answers.Read(file, picture, prepared, inferred);
    }
}
