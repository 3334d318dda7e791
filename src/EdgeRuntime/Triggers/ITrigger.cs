namespace EdgeRuntime.Triggers;

/// <summary>Decides when a frame is looked at: an <see cref="IEventTrigger"/> or an <see cref="IFrameTrigger"/>.</summary>
public interface ITrigger : IDisposable
{
    /// <summary>Its name for people.</summary>
    string Name { get; }
}
