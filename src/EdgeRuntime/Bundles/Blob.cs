namespace EdgeRuntime.Bundles;

/// <summary>A run of constants in the weights section, little-endian.</summary>
/// <param name="Type">Element type.</param>
/// <param name="Offset">Bytes from the start of the section, a multiple of 16.</param>
/// <param name="Count">Elements.</param>
public sealed record Blob(ElementType Type, long Offset, int Count)
{
    /// <summary>Bytes that the blob takes.</summary>
    public long Bytes => (long)Count * Type.Size();
}
