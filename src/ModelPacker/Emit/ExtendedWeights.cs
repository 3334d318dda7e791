using EdgeRuntime.Bundles;

namespace ModelPacker.Emit;

/// <summary>The constants of a bundle and more behind them, without copying any.</summary>
/// <param name="first">What was there; not owned.</param>
/// <param name="more">What follows.</param>
public sealed class ExtendedWeights(IWeightSource first, BlobStore more) : IWeightSource
{
    private readonly long _start = (first.Length + 15) / 16 * 16;

    /// <inheritdoc/>
    public long Length => _start + more.Length;

    /// <summary>The directory: all of the bundle's blobs, then those added.</summary>
    public Blob[] Blobs(Blob[] before) => [.. before, .. more.Blobs.Select(b => b with { Offset = b.Offset + _start })];

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        int head = (int)Math.Clamp(first.Length - offset, 0, destination.Length);
        if (head > 0)
        {
            first.Read(offset, destination[..head]);
        }

        int gap = (int)Math.Clamp(_start - (offset + head), 0, destination.Length - head);
        destination.Slice(head, gap).Clear();
        Span<byte> rest = destination[(head + gap)..];
        if (!rest.IsEmpty)
        {
            more.Read(offset + head + gap - _start, rest);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Both parts belong to others.
    }
}
