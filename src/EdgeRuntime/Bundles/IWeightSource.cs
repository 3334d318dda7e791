namespace EdgeRuntime.Bundles;

/// <summary>Random access to the weights section, so that a large layer is packed piece by piece and never held twice.</summary>
public interface IWeightSource : IDisposable
{
    /// <summary>Bytes in the section.</summary>
    long Length { get; }

    /// <summary>Fills <paramref name="destination"/> from <paramref name="offset"/> of the section.</summary>
    /// <exception cref="BundleException">The bytes are not there.</exception>
    void Read(long offset, Span<byte> destination);
}
