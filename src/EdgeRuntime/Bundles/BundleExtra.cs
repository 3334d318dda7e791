namespace EdgeRuntime.Bundles;

/// <summary>A section for tools, which the runtime skips.</summary>
/// <param name="Name">Name of the section.</param>
/// <param name="Bytes">One MessagePack value.</param>
public sealed record BundleExtra(string Name, byte[] Bytes);
