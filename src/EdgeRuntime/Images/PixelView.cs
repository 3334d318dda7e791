using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Images;

/// <summary>Pixels in memory that someone else owns; valid as long as they stay there.</summary>
/// <param name="Format">Not <see cref="PixelFormat.Jpeg"/>.</param>
/// <param name="Width">Pixels per line.</param>
/// <param name="Height">Lines.</param>
/// <param name="Data">First byte.</param>
/// <param name="Stride">Bytes from one line to the next (of luma, where there are planes).</param>
/// <param name="Coding">What U and V mean, where the format has them.</param>
public readonly unsafe record struct PixelView(PixelFormat Format, int Width, int Height, nint Data, int Stride, YuvCoding Coding = YuvCoding.Bt601Limited)
{
    /// <summary>Bytes that a frame takes at least.</summary>
    public static long BytesOf(PixelFormat format, int width, int height, int stride) => format switch
    {
        PixelFormat.Nv12 => ((long)stride * height) + ((long)stride * ((height + 1) / 2)),
        PixelFormat.I420 => ((long)stride * height) + ((long)ChromaStride(stride) * 2 * ((height + 1) / 2)),
        PixelFormat.Jpeg => 0,
        _ => ((long)stride * (height - 1)) + SmallestStride(format, width),
    };

    /// <summary>Bytes of a line without padding.</summary>
    public static int SmallestStride(PixelFormat format, int width) => format switch
    {
        PixelFormat.Rgb24 => width * 3,
        PixelFormat.Yuyv => (width + 1) / 2 * 4,
        PixelFormat.Nv12 or PixelFormat.I420 => (width + 1) / 2 * 2,
        _ => width,
    };

    /// <summary>First byte of a line; of luma, where there are planes.</summary>
    public byte* Line(int y) => (byte*)Data + ((nint)y * Stride);

    /// <summary>Arguments that convert line <paramref name="y"/> of a Y'CbCr frame.</summary>
    internal YuvArgs LineArgs(int y, byte* output)
    {
        YuvArgs args = YuvFactors.Of(Coding);
        args.Y = Line(y);
        args.Output = output;
        byte* chroma = (byte*)Data + ((nint)Height * Stride);
        (args.LumaStep, args.ChromaStep) = (1, 1);
        if (Format == PixelFormat.Yuyv)
        {
            (args.LumaStep, args.ChromaStep) = (2, 4);
            args.U = args.Y + 1;
            args.V = args.Y + 3;
        }
        else if (Format == PixelFormat.Nv12)
        {
            args.ChromaStep = 2;
            args.U = chroma + ((nint)(y / 2) * Stride);
            args.V = args.U + 1;
        }
        else
        {
            nint stride = ChromaStride(Stride);
            args.U = chroma + (y / 2 * stride);
            args.V = args.U + (stride * ((Height + 1) / 2));
        }

        return args;
    }

    private static int ChromaStride(int stride) => (stride + 1) / 2;
}
