namespace EdgeRuntime.Images;

/// <summary>File formats that <see cref="PictureReader"/> decodes, told apart by their first bytes.</summary>
public enum PictureFormat
{
    Unknown,
    Jpeg,
    Png,
    Bmp,
    Gif,
    Ppm,
}
