using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Gathers convolution inputs into panels [depth, rows of a tile], the order in which a tile consumes them.</summary>
internal static unsafe class ConvolutionF32Panel
{
    /// <summary>Floats behind a panel that gathering may overwrite, per row of the tile.</summary>
    public const int SlackDepth = 4;

    /// <summary>Fills panel[k − depthBegin, r] for <paramref name="height"/> rows starting at <paramref name="row"/>; rows from
    /// <paramref name="count"/> on repeat the last one.</summary>
    /// <remarks>Four channels are moved at a time even where a tap has fewer: the surplus is overwritten by the next tap or falls into the
    /// slack, and both input and padding row may be read 64 bytes beyond their ends.</remarks>
    public static void Gather(in ConvolutionArgs<float> args, nint row, int count, int height, int depthBegin, int depthEnd, float* panel)
    {
        int lane = 0;
        for (; lane + 4 <= height; lane += 4)
        {
            Gather4(in args, row, lane, count, height, depthBegin, depthEnd, panel + lane);
        }

        for (; lane < height; lane++)
        {
            Gather1(in args, row + Math.Min(lane, count - 1), height, depthBegin, depthEnd, panel + lane);
        }
    }

    /// <summary>Depth range of one row, contiguous.</summary>
    public static void GatherRow(in ConvolutionArgs<float> args, nint row, int depth, float* panel)
        => Gather1(in args, row, 1, 0, depth, panel);

    private static void Gather4(in ConvolutionArgs<float> args, nint row, int lane, int count, int height, int depthBegin, int depthEnd, float* panel)
    {
        int last = count - 1;
        nint row0 = row + Math.Min(lane, last);
        nint row1 = row + Math.Min(lane + 1, last);
        nint row2 = row + Math.Min(lane + 2, last);
        nint row3 = row + Math.Min(lane + 3, last);
        int tap = depthBegin / args.Channels;
        int channel = depthBegin - (tap * args.Channels);
        int remaining = depthEnd - depthBegin;
        while (remaining > 0)
        {
            int length = Math.Min(args.Channels - channel, remaining);
            float* a = Source(in args, row0, tap) + channel;
            float* b = Source(in args, row1, tap) + channel;
            float* c = Source(in args, row2, tap) + channel;
            float* d = Source(in args, row3, tap) + channel;
            float* target = panel;
            for (nint i = 0; i < length; i += 4)
            {
                Transpose(Vector128.Load(a + i), Vector128.Load(b + i), Vector128.Load(c + i), Vector128.Load(d + i), target, height);
                target += 4 * height;
            }

            panel += (nint)length * height;
            remaining -= length;
            channel = 0;
            tap++;
        }
    }

    private static void Gather1(in ConvolutionArgs<float> args, nint row, int height, int depthBegin, int depthEnd, float* panel)
    {
        int tap = depthBegin / args.Channels;
        int channel = depthBegin - (tap * args.Channels);
        int remaining = depthEnd - depthBegin;
        while (remaining > 0)
        {
            int length = Math.Min(args.Channels - channel, remaining);
            float* source = Source(in args, row, tap) + channel;
            if (height == 1)
            {
                nuint bytes = (nuint)length * sizeof(float);
                Buffer.MemoryCopy(source, panel, bytes, bytes);
                panel += length;
            }
            else
            {
                for (nint i = 0; i < length; i++)
                {
                    *panel = source[i];
                    panel += height;
                }
            }

            remaining -= length;
            channel = 0;
            tap++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float* Source(in ConvolutionArgs<float> args, nint row, int tap)
    {
        nint source = args.Table == null ? row : args.Table[(row * args.Taps) + tap];
        return source < 0 ? args.PaddingRow : args.Input + (source * args.InputStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* target, nint stride)
    {
        Vector128<float> low02, high02, low13, high13;
        if (Sse.IsSupported)
        {
            low02 = Sse.UnpackLow(a, c);
            high02 = Sse.UnpackHigh(a, c);
            low13 = Sse.UnpackLow(b, d);
            high13 = Sse.UnpackHigh(b, d);
            Sse.UnpackLow(low02, low13).Store(target);
            Sse.UnpackHigh(low02, low13).Store(target + stride);
            Sse.UnpackLow(high02, high13).Store(target + (2 * stride));
            Sse.UnpackHigh(high02, high13).Store(target + (3 * stride));
        }
        else if (AdvSimd.Arm64.IsSupported)
        {
            low02 = AdvSimd.Arm64.ZipLow(a, c);
            high02 = AdvSimd.Arm64.ZipHigh(a, c);
            low13 = AdvSimd.Arm64.ZipLow(b, d);
            high13 = AdvSimd.Arm64.ZipHigh(b, d);
            AdvSimd.Arm64.ZipLow(low02, low13).Store(target);
            AdvSimd.Arm64.ZipHigh(low02, low13).Store(target + stride);
            AdvSimd.Arm64.ZipLow(high02, high13).Store(target + (2 * stride));
            AdvSimd.Arm64.ZipHigh(high02, high13).Store(target + (3 * stride));
        }
        else
        {
            for (int i = 0; i < 4; i++)
            {
                Vector128.Create(a[i], b[i], c[i], d[i]).Store(target + (i * stride));
            }
        }
    }
}
