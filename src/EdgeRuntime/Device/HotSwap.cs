using System.Diagnostics.CodeAnalysis;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Device;

/// <summary>Loads and verifies a new bundle on a thread of its own, while the old one goes on answering.</summary>
public sealed class HotSwap : IDisposable
{
    private readonly Func<Network> _load;
    private readonly Action _ready;
    private readonly IDeviceLog _log;
    private readonly AutoResetEvent _asked = new(initialState: false);
    private readonly Thread _thread;
    private Network? _network;
    private volatile bool _stop;

    /// <param name="load">Loads the bundle; what it throws is reported.</param>
    /// <param name="ready">Called when a network waits to be taken.</param>
    /// <param name="log">Told when a bundle is refused.</param>
    public HotSwap(Func<Network> load, Action ready, IDeviceLog log)
    {
        _load = load;
        _ready = ready;
        _log = log;
        _thread = new Thread(Load) { IsBackground = true, Name = "hot swap" };
        _thread.Start();
    }

    /// <summary>Asks for the bundle to be loaded again. From any thread.</summary>
    public void Request() => _asked.Set();

    /// <summary>The network that waits, once; null when there is none. The caller owns it.</summary>
    public Network? Take() => Volatile.Read(ref _network) is null ? null : Interlocked.Exchange(ref _network, null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        _asked.Set();
        _thread.Join();
        _asked.Dispose();
        Take()?.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever is wrong with the new bundle, the old one goes on.")]
    private void Load()
    {
        while (true)
        {
            _asked.WaitOne();
            if (_stop)
            {
                return;
            }

            try
            {
                Network network = _load();
                try
                {
                    network.Verify();
                }
                catch
                {
                    network.Dispose();
                    throw;
                }

                Interlocked.Exchange(ref _network, network)?.Dispose();
                _ready();
            }
            catch (Exception e)
            {
                _log.Warn("swap-refused", $"The bundle is not swapped, the old one goes on: {e.Message}");
            }
        }
    }
}
