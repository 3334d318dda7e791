namespace EdgeRuntime.Energy;

/// <summary>Something that tells what the board draws. One thread reads it at a time. Those that are read more than a few times a second allocate nothing while all is well.</summary>
public interface IPowerSensor : IDisposable
{
    /// <summary>The tag that every figure made from this sensor carries: <c>measured:ina219@1-0040</c>, <c>modelled:pi4</c>, <c>replay:trace.csv</c>.</summary>
    string Source { get; }

    /// <summary>How often it has something new to say.</summary>
    TimeSpan Interval { get; }

    /// <summary>Whether a reading takes microseconds, so that it may be taken at the edges of a frame, by the thread that infers.</summary>
    bool IsImmediate { get; }

    /// <summary>Takes a reading.</summary>
    /// <exception cref="SensorException">It does not answer, or with nonsense. It may be asked again later.</exception>
    PowerReading Read();
}
