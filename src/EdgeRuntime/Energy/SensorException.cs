namespace EdgeRuntime.Energy;

/// <summary>A sensor is not there, may not be read, or talks nonsense (exit code 5).</summary>
public sealed class SensorException : EdgeRuntimeException
{
    /// <param name="source">Tag or path of the sensor.</param>
    /// <param name="what">What is wrong, without a full stop.</param>
    /// <param name="how">How to mend it, without a full stop.</param>
    /// <param name="inner">The cause, if another exception told of it.</param>
    public SensorException(string source, string what, string how, Exception? inner = null)
        : base($"{source}: {what}. {how}.", 5, inner)
        => What = what;

    /// <summary>What is wrong, without a full stop.</summary>
    public string What { get; }
}
