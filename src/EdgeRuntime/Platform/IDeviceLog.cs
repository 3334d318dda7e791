namespace EdgeRuntime.Platform;

/// <summary>Takes changes of state, one call each. Called from several threads.</summary>
public interface IDeviceLog
{
    /// <summary>Something is as it should be (again).</summary>
    /// <param name="kind">A word for programs, for example <c>camera-back</c>.</param>
    /// <param name="text">A sentence for people.</param>
    void Note(string kind, string text);

    /// <summary>Something is wrong; work goes on as well as it can.</summary>
    /// <param name="kind">A word for programs, for example <c>camera-lost</c>.</param>
    /// <param name="text">What, where and how to mend it.</param>
    void Warn(string kind, string text);
}
