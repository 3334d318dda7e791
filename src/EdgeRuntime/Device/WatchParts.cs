using EdgeRuntime.Cameras;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;
using EdgeRuntime.Triggers;

namespace EdgeRuntime.Device;

/// <summary>What a <see cref="Watcher"/> works with.</summary>
public sealed class WatchParts
{
    /// <summary>Wakes the loop while it waits for an event.</summary>
    public required Waker Waker { get; init; }

    /// <summary>When frames are looked at.</summary>
    public required ITrigger Trigger { get; init; }

    /// <summary>Where frames come from; not started yet.</summary>
    public required CameraPump Pump { get; init; }

    /// <summary>Where answers go.</summary>
    public required LineQueue Lines { get; init; }

    /// <summary>Chooses operating points.</summary>
    public required IWatchPolicy Policy { get; init; }

    /// <summary>Takes changes of state.</summary>
    public required IDeviceLog Log { get; init; }

    /// <summary>Lines that show what goes on: LED, strobe, marker.</summary>
    public WatchSignals Signals { get; init; } = new(null, null, null);

    /// <summary>Where annotated pictures go; null for nowhere.</summary>
    public AnnotationQueue? Pictures { get; init; }

    /// <summary>Where new bundles come from; null for nowhere.</summary>
    public HotSwap? Swap { get; init; }
}
