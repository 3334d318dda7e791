using System.Diagnostics;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;

namespace ModelPacker.Tune;

/// <summary>Compares the speed of two networks on this machine.</summary>
internal static class SpeedRatio
{
    private const double Seconds = 2;
    private const int FewestRuns = 7;
    private const int MostRuns = 101;

    /// <summary>Median time of one over that of the other. They take turns on one thread, so that what else the machine does slows both.</summary>
    public static double Measure(Bundle bundle, int point, Bundle reference, CancellationToken cancel)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using EdgeModel other = EdgeModel.Load(reference);
        using Session session = model.CreateSession();
        using Session otherSession = other.CreateSession();
        session.Point = point;
        List<long> times = [];
        List<long> otherTimes = [];
        long start = Environment.TickCount64;
        for (int run = -1; run < FewestRuns || (run < MostRuns && Environment.TickCount64 - start < Seconds * 1000); run++)
        {
            cancel.ThrowIfCancellationRequested();
            long time = Run(session);
            long otherTime = Run(otherSession);
            if (run >= 0)
            {
                times.Add(time);
                otherTimes.Add(otherTime);
            }
        }

        return (double)Median(times) / Median(otherTimes);
    }

    private static long Run(Session session)
    {
        session.SetGoldenInput();
        long start = Stopwatch.GetTimestamp();
        session.Run();
        return Stopwatch.GetTimestamp() - start;
    }

    private static long Median(List<long> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
