using System.Globalization;
using EdgeRuntime;
using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Runs the governor through traces beside an oracle that knows the future.</summary>
internal static class Program
{
    private const string Usage = """
        governor-sim [--seed N] [--seeds COUNT] [--only NAME] [--pictures FOLDER] [--lines]
        governor-sim --log ENERGY-LOG --bundle BUNDLE [goals] [--idle-watts W] [--pictures FOLDER] [--lines]

        The first form runs made-up traces of every kind, the second what an energy log recorded.
        Goals: --max-watts, --max-joules-per-frame, --deadline-ms, --min-fps.
        --pictures draws each run as SVG; --lines prints every switch with its reason.
        Ends with 1 when a run misses a target: goal within 2 %, answers within 2 % of the oracle's, at most 1 switch a second.
        """;

    private static readonly string[] Switches = ["--lines"];

    private static readonly string[] Options =
        ["--seed", "--seeds", "--only", "--pictures", "--log", "--bundle", "--idle-watts", "--max-watts", "--max-joules-per-frame", "--deadline-ms", "--min-fps"];

    private static int Main(string[] args)
    {
        Dictionary<string, string> given = [];
        for (int i = 0; i < args.Length; i++)
        {
            bool isSwitch = Switches.Contains(args[i]);
            if (args[i] is "--help" or "-h")
            {
                Console.WriteLine(Usage);
                return 0;
            }

            if (!isSwitch && (!Options.Contains(args[i]) || i + 1 == args.Length))
            {
                Console.Error.WriteLine($"error: '{args[i]}' is no option, or lacks its value; see --help.");
                return 2;
            }

            given[args[i]] = isSwitch ? "" : args[++i];
        }

        try
        {
            return Run(given);
        }
        catch (EdgeRuntimeException e)
        {
            Console.Error.WriteLine("error: " + e.Message);
            return e.ExitCode;
        }
    }

    private static int Run(Dictionary<string, string> given)
    {
        List<(string Name, Trace Trace)> traces = [];
        if (given.TryGetValue("--log", out string? log))
        {
            string bundle = given.GetValueOrDefault("--bundle") ?? throw new EdgeRuntimeException("'--log' needs '--bundle', the bundle that ran.", 2);
            traces.Add((Path.GetFileName(log), RecordedTrace.Read(log, bundle, GoalsOf(given), Number(given, "--idle-watts"))));
        }
        else
        {
            int seed = (int)(Number(given, "--seed") ?? 1);
            for (int s = seed; s < seed + (int)(Number(given, "--seeds") ?? 2); s++)
            {
                traces.AddRange(Traces.All(s).Where(t => t.Name.Contains(given.GetValueOrDefault("--only", ""), StringComparison.Ordinal))
                    .Select(t => (string.Create(CultureInfo.InvariantCulture, $"{t.Name}-{s}"), t)));
            }
        }

        int bad = 0;
        Console.WriteLine($"{"trace",-26} {"goal",8} {"oracle",8} {"right",8} {"oracle",8} {"switches/s",11}");
        foreach ((string name, Trace trace) in traces)
        {
            Result result = Result.Of(trace);
            bad += result.IsGood ? 0 : 1;
            Show(name, result, given.ContainsKey("--lines"));
            if (given.TryGetValue("--pictures", out string? pictures))
            {
                Directory.CreateDirectory(pictures);
                File.WriteAllText(Path.Combine(pictures, name + ".svg"), Picture.Draw(result));
            }
        }

        Console.WriteLine($"{traces.Count} runs, {bad} miss a target (goal within 2 %, answers within 2 % of the oracle's, at most 1 switch a second)");
        return bad == 0 ? 0 : 1;
    }

    private static void Show(string name, Result result, bool lines)
    {
        string verdict = (result.IsGoalMet ? "" : " GOAL") + (result.IsQualityNear ? "" : " ANSWERS") + (result.IsCalm ? "" : " RESTLESS");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-26} {result.Goal * 100,6:f1} % {result.OracleGoal * 100,6:f1} % {result.Quality * 100,6:f2} % {result.OracleQuality * 100,6:f2} % {result.Switches,11:f2}{verdict}"));
        if (lines)
        {
            result.Lines.ForEach(l => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {l.Seconds,8:f2}  {l.Text}")));
        }
    }

    private static Goals GoalsOf(Dictionary<string, string> given) => new()
    {
        MaxWatts = Number(given, "--max-watts"),
        MaxJoulesPerFrame = Number(given, "--max-joules-per-frame"),
        DeadlineMs = Number(given, "--deadline-ms"),
        MinFps = Number(given, "--min-fps"),
    };

    private static double? Number(Dictionary<string, string> given, string name)
        => !given.TryGetValue(name, out string? text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
        : throw new EdgeRuntimeException($"'{name}' is '{text}'; give a number.", 2);
}
