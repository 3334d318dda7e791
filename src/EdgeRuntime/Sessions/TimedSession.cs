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
        Resize();
        for (int i = 0; i < _ticks.Length; i++)
        {
            Time(i);
        }
    }

    /// <summary>Runs some steps on the maps of the last run. What they compute is of no use where a later step has reused their inputs' memory; the work is the same.</summary>
    /// <param name="steps">Their indices, in the order of execution.</param>
    public void Run(ReadOnlySpan<int> steps)
    {
        Resize();
        foreach (int step in steps)
        {
            Time(step);
        }
    }

    private void Resize()
    {
        if (_ticks.Length != session.Steps.Length)
        {
            _ticks = new long[session.Steps.Length];
            _starts = new long[session.Steps.Length];
        }
    }

    private void Time(int step)
    {
        long start = Stopwatch.GetTimestamp();
        session.RunStep(step);
        _ticks[step] = Stopwatch.GetTimestamp() - start;
        _starts[step] = start;
    }
}
