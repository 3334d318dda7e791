using System.Diagnostics;

namespace EdgeRuntime.Sessions;

/// <summary>Decorator that times every step of a session; the session itself knows nothing of profiling.</summary>
public sealed class TimedSession(Session session)
{
    private long[] _ticks = [];
    private long[] _starts = [];

    /// <summary>The session that is timed.</summary>
    public Session Session => session;

    /// <summary>Nanoseconds of each step in the last run.</summary>
    public double Nanoseconds(int step) => _ticks[step] * (1e9 / Stopwatch.Frequency);

    /// <summary>Nanoseconds from the start of the last run to the start of a step.</summary>
    public double StartNanoseconds(int step) => (_starts[step] - _starts[0]) * (1e9 / Stopwatch.Frequency);

    /// <summary>Runs all steps.</summary>
    public void Run()
    {
        int count = session.Steps.Length;
        if (_ticks.Length != count)
        {
            _ticks = new long[count];
            _starts = new long[count];
        }

        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            session.RunStep(i);
            _ticks[i] = Stopwatch.GetTimestamp() - start;
            _starts[i] = start;
        }
    }
}
