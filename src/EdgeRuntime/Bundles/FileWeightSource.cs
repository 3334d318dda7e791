using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Bundles;

/// <summary>A weights section in an open file.</summary>
public sealed class FileWeightSource(SafeFileHandle file, long start, long length) : IWeightSource
{
    /// <inheritdoc/>
    public long Length => length;

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > length - destination.Length)
        {
            throw new BundleException("A weight blob reaches past the end of the weights section.");
        }

        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(file, destination, start + offset);
            if (read <= 0)
            {
                throw new BundleException("The bundle was cut short while it was being read. Copy it again.");
            }

            offset += read;
            destination = destination[read..];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
