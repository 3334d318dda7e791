using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients;

/// <summary>Reads a bundle's constants.</summary>
internal static class BundleConstants
{
    /// <summary>All elements of a blob.</summary>
    public static T[] Read<T>(Bundle bundle, int blob)
        where T : unmanaged
    {
        T[] values = new T[bundle.Blobs[blob].Count];
        bundle.Weights.Read(bundle.Blobs[blob].Offset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
