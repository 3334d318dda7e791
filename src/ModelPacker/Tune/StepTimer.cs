using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Times every step on this machine, dense and with fewer rows.</summary>
internal static class StepTimer
{
    private static readonly double[] Shares = [0.1, 0.25, 0.5, 0.75];
    private const double Seconds = 4;
    private const int FewestRuns = 7;
    private const int MostRuns = 201;

    /// <summary>Measures medians over interleaved runs of one thread.</summary>
    public static CostModel Measure(Bundle bundle, Perforator perforator, IReadOnlyList<TuneLayer> layers, Action<int, int> progress, CancellationToken cancel)
    {
        PointAssembler assembler = new(bundle);
        foreach (double share in Shares)
        {
            Dictionary<int, Support> masks = [];
            foreach (TuneLayer layer in layers)
            {
                Support support = layer.Masks.Make(MaskKind.Uniform, share, layer.Step);
                Array.ForEach([layer.Step, .. layer.Partners], s => masks[s] = support);
            }

            assembler.Add($"{share}", perforator.Compile(masks));
        }

        using EdgeModel model = EdgeModel.Load(assembler.Build([]));
        using Session session = model.CreateSession();
        TimedSession timed = new(session);
        int points = model.Bundle.Points.Length;
        int steps = bundle.Steps.Length;
        List<double>[,] samples = new List<double>[points, steps];
        long start = Environment.TickCount64;
        for (int run = -1; run < FewestRuns || (run < MostRuns && Environment.TickCount64 - start < Seconds * 1000); run++)
        {
            for (int p = 0; p < points; p++)
            {
                cancel.ThrowIfCancellationRequested();
                session.Point = p;
                session.SetGoldenInput();
                timed.Run();
                for (int i = 0; i < steps && run >= 0; i++)
                {
                    (samples[p, i] ??= []).Add(timed.Nanoseconds(i) / 1e6);
                }
            }

            progress(Math.Max(0, run), MostRuns);
        }

        return new CostModel("ms", [.. Enumerable.Range(0, steps).Select(i => Enumerable.Range(0, points)
            .Select(p => (Rows: model.Bundle.Points[p].Rows[bundle.Steps[i].Output], Cost: Median(samples[p, i])))
            .GroupBy(s => s.Rows).Select(g => (g.Key, g.Min(s => s.Cost))).OrderBy(s => s.Key).ToArray())]);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
