namespace EdgeRuntime.Bundles;

/// <summary>Element types of maps and blobs. The numbers are part of the bundle format.</summary>
public enum ElementType : byte
{
    /// <summary>Signed 8-bit.</summary>
    S8 = 0,

    /// <summary>32-bit float.</summary>
    F32 = 1,

    /// <summary>Signed 32-bit (blobs only).</summary>
    S32 = 2,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this ElementType type) => type == ElementType.S8 ? 1 : 4;
}
