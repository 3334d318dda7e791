using EdgeRuntime.Plans;

namespace EdgeRuntime.Sessions;

/// <summary>Scratch memory per worker, as large as the most demanding step wants.</summary>
internal sealed unsafe class ScratchPool(int workers) : IDisposable
{
    private NativeBlock? _block;
    private long _perWorker;

    /// <summary>Notes a demand; only before <see cref="Allocate"/>.</summary>
    public void Require(nuint bytes) => _perWorker = Math.Max(_perWorker, ((long)bytes + NativeBlock.Slack + 63) / 64 * 64);

    /// <summary>Bytes of all workers together.</summary>
    public long Bytes => _perWorker * workers;

    /// <summary>Allocates what was asked for.</summary>
    public void Allocate() => _block = new NativeBlock(Math.Max(64, Bytes));

    /// <summary>Scratch of one worker.</summary>
    public byte* Pointer(int worker) => _block!.Pointer + (worker * _perWorker);

    public void Dispose() => _block?.Dispose();
}
