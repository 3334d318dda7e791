using EdgeRuntime.Platform;

namespace EdgeRuntime.Tests.Shared;

/// <summary>Keeps what a device log is told.</summary>
public sealed class RecordedLog : IDeviceLog
{
    private readonly List<string> _kinds = [];

    /// <summary>Kinds in order.</summary>
    public string[] Kinds
    {
        get
        {
            lock (_kinds)
            {
                return [.. _kinds];
            }
        }
    }

    /// <inheritdoc/>
    public void Note(string kind, string text) => Add(kind);

    /// <inheritdoc/>
    public void Warn(string kind, string text) => Add(kind);

    private void Add(string kind)
    {
        lock (_kinds)
        {
            _kinds.Add(kind);
        }
    }
}
