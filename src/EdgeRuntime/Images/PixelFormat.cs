namespace EdgeRuntime.Images;

/// <summary>How the pixels of a frame lie in memory.</summary>
public enum PixelFormat
{
    /// <summary>R, G, B of a pixel in three bytes.</summary>
    Rgb24,

    /// <summary>Luma alone.</summary>
    Grey,

    /// <summary>Y0, U, Y1, V: two pixels in four bytes.</summary>
    Yuyv,

    /// <summary>A plane of luma, then a plane of half height with U, V of two by two pixels.</summary>
    Nv12,

    /// <summary>A plane of luma, then U and V as planes of half width (and half the stride) and half height.</summary>
    I420,

    /// <summary>A JPEG file.</summary>
    Jpeg,
}
