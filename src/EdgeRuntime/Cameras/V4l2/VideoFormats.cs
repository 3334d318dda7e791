using EdgeRuntime.Images;

namespace EdgeRuntime.Cameras.V4l2;

/// <summary>Pixel formats of the video interface that are understood, the best first: the fewer bytes and the less work, the better.</summary>
internal static class VideoFormats
{
    public static readonly (PixelFormat Format, string Code)[] All =
    [
        (PixelFormat.Yuyv, "YUYV"),
        (PixelFormat.Nv12, "NV12"),
        (PixelFormat.I420, "YU12"),
        (PixelFormat.Rgb24, "RGB3"),
        (PixelFormat.Grey, "GREY"),
        (PixelFormat.Jpeg, "MJPG"),
    ];

    /// <summary>Four characters as the kernel's number.</summary>
    public static uint Number(string code) => (uint)(code[0] | (code[1] << 8) | (code[2] << 16) | (code[3] << 24));

    /// <summary>The kernel's number as four characters.</summary>
    public static string Text(uint number) => new([(char)(number & 127), (char)((number >> 8) & 127), (char)((number >> 16) & 127), (char)((number >> 24) & 127)]);

    /// <summary>What U and V mean, by the kernel's rules for values left open (V4L2_MAP_YCBCR_ENC_DEFAULT, V4L2_MAP_QUANTIZATION_DEFAULT).</summary>
    public static YuvCoding Coding(uint colorSpace, uint encoding, uint quantization)
    {
        const uint Rec709 = 3, Jpeg = 7, Encoding709 = 2, EncodingXv709 = 4, Full = 1;
        bool high = encoding is Encoding709 or EncodingXv709 || (encoding == 0 && colorSpace == Rec709);
        bool full = quantization == Full || (quantization == 0 && colorSpace == Jpeg);
        return high ? (full ? YuvCoding.Bt709Full : YuvCoding.Bt709Limited) : full ? YuvCoding.Bt601Full : YuvCoding.Bt601Limited;
    }
}
