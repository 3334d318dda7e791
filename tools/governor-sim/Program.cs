using System.Globalization;

namespace GovernorSim;

/// <summary>Runs the governor through traces beside an oracle that knows the future.</summary>
/// <remarks><c>governor-sim [--seed N] [--seeds COUNT] [--only NAME] [--pictures FOLDER] [--lines]</c>. Ends with 1 when a run misses a target.</remarks>
internal static class Program
{
    private static int Main(string[] args)
    {
        int seed = 1;
        int seeds = 2;
        string only = "";
        string? pictures = null;
        bool lines = false;
        for (int i = 0; i < args.Length; i++)
        {
            string word = args[i];
            if (word == "--lines")
            {
                lines = true;
            }
            else if (i + 1 < args.Length && word is "--seed" or "--seeds" or "--only" or "--pictures")
            {
                string value = args[++i];
                seed = word == "--seed" ? int.Parse(value, CultureInfo.InvariantCulture) : seed;
                seeds = word == "--seeds" ? int.Parse(value, CultureInfo.InvariantCulture) : seeds;
                only = word == "--only" ? value : only;
                pictures = word == "--pictures" ? value : pictures;
            }
            else
            {
                Console.Error.WriteLine($"error: '{word}' is no option, or lacks its value. Options: --seed N, --seeds COUNT, --only NAME, --pictures FOLDER, --lines.");
                return 2;
            }
        }

        return Run(seed, seeds, only, pictures, lines);
    }

    private static int Run(int seed, int seeds, string only, string? pictures, bool lines)
    {
        int runs = 0;
        int bad = 0;
        Console.WriteLine($"{"trace",-26} {"goal",8} {"oracle",8} {"right",8} {"oracle",8} {"switches/s",11}");
        for (int s = seed; s < seed + seeds; s++)
        {
            foreach (Trace trace in Traces.All(s).Where(t => t.Name.Contains(only, StringComparison.Ordinal)))
            {
                Result result = Result.Of(trace);
                runs++;
                bad += result.IsGood ? 0 : 1;
                string verdict = (result.IsGoalMet ? "" : " GOAL") + (result.IsQualityNear ? "" : " ANSWERS") + (result.IsCalm ? "" : " RESTLESS");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{trace.Name + " #" + s,-26} {result.Goal * 100,6:f1} % {result.OracleGoal * 100,6:f1} % {result.Quality * 100,6:f2} % {result.OracleQuality * 100,6:f2} % {result.Switches,11:f2}{verdict}"));
                if (lines)
                {
                    result.Lines.ForEach(l => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {l.Seconds,8:f2}  {l.Text}")));
                }

                if (pictures is not null)
                {
                    Directory.CreateDirectory(pictures);
                    File.WriteAllText(Path.Combine(pictures, string.Create(CultureInfo.InvariantCulture, $"{trace.Name}-{s}.svg")), Picture.Draw(result));
                }
            }
        }

        Console.WriteLine($"{runs} runs, {bad} miss a target (goal within 2 %, answers within 2 % of the oracle's, at most 1 switch a second)");
        return bad == 0 ? 0 : 1;
    }
}
