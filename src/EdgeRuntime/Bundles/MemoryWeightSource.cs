namespace EdgeRuntime.Bundles;

/// <summary>A weights section in memory.</summary>
public sealed class MemoryWeightSource(ReadOnlyMemory<byte> bytes) : IWeightSource
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > bytes.Length - destination.Length)
        {
            throw new BundleException("A weight blob reaches past the end of the weights section.");
        }

        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
