namespace EdgeRuntime.Bundles;

/// <summary>A piece of a bundle file.</summary>
/// <param name="Name">Section name.</param>
/// <param name="Start">Bytes from the start of the file.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Crc">CRC-32 of those bytes.</param>
public sealed record BundleSection(string Name, long Start, long Length, uint Crc);
