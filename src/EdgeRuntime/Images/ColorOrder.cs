namespace EdgeRuntime.Images;

/// <summary>Channel order in which a model wants its pixels.</summary>
public enum ColorOrder
{
    /// <summary>Three channels: red, green, blue.</summary>
    Rgb,

    /// <summary>Three channels: blue, green, red.</summary>
    Bgr,

    /// <summary>One channel: luma (77 R + 150 G + 29 B + 128) / 256.</summary>
    Gray,
}
