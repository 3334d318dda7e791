using System.Diagnostics;

namespace BenchRunner;

/// <summary>Times one model in all engines, turn and turn about in one process.</summary>
internal static class Benchmark
{
    private const double TurnMilliseconds = 20;
    private const int MostRunsPerTurn = 50;
    private const int LeastRounds = 3;

    /// <summary>Prepares and times a model.</summary>
    public static ModelResult Run(string model, Options options)
    {
        PreparedModel files = PreparedModel.Make(model, options);
        List<IContender> contenders = [];
        try
        {
            EdgeContender int8 = new("edge-int8", files.Int8Bundle, options.Threads);
            contenders.Add(int8);
            if (files.Fp32Bundle is not null && files.Fp32Onnx is not null)
            {
                contenders.Add(new EdgeContender("edge-fp32", files.Fp32Bundle, options.Threads));
                contenders.Add(new OrtContender("ort-fp32", files.Fp32Onnx, options.Threads));
            }

            contenders.Add(new OrtContender("ort-int8", files.Int8Onnx, options.Threads));
            return new ModelResult(files.Name, int8.Macs, Measure(contenders, options));
        }
        finally
        {
            contenders.ForEach(c => c.Dispose());
        }
    }

    private static Dictionary<string, List<Turn>> Measure(List<IContender> contenders, Options options)
    {
        Dictionary<string, List<Turn>> turns = contenders.ToDictionary(c => c.Name, _ => new List<Turn>());
        int[] runs = [.. contenders.Select(RunsPerTurn)];
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < options.Runs; round++)
        {
            if (round >= LeastRounds && Stopwatch.GetElapsedTime(start).TotalSeconds > options.Seconds)
            {
                break;
            }

            for (int i = 0; i < contenders.Count; i++)
            {
                turns[contenders[i].Name].Add(TakeTurn(contenders[i], runs[i]));
            }
        }

        return turns;
    }

    private static int RunsPerTurn(IContender contender)
    {
        Time(contender);
        Time(contender);
        double best = Math.Min(Time(contender), Time(contender));
        return Math.Clamp((int)(TurnMilliseconds / best), 1, MostRunsPerTurn);
    }

    // The first run of a turn only brings the engine's weights back into the caches that the engine before it has filled.
    private static Turn TakeTurn(IContender contender, int runs)
    {
        Time(contender);
        double[] samples = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            samples[i] = Time(contender);
        }

        Array.Sort(samples);
        return new Turn(samples[runs / 2], samples[0]);
    }

    private static double Time(IContender contender)
    {
        contender.Prepare();
        long start = Stopwatch.GetTimestamp();
        contender.Run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
