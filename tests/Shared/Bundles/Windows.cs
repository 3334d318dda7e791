using EdgeRuntime.Maps;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>Gather tables of windows over an image.</summary>
public static class Windows
{
    /// <summary>kernel × kernel windows with "same" padding: ⌈extent / stride⌉ outputs per axis.</summary>
    public static GatherTable Same((int Height, int Width) extent, int kernel, int stride)
    {
        int height = (extent.Height + stride - 1) / stride;
        int width = (extent.Width + stride - 1) / stride;
        int[] entries = new int[height * width * kernel * kernel];
        int at = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int tap = 0; tap < kernel * kernel; tap++)
                {
                    int fromY = (y * stride) + (tap / kernel) - (kernel / 2);
                    int fromX = (x * stride) + (tap % kernel) - (kernel / 2);
                    bool inside = fromY >= 0 && fromX >= 0 && fromY < extent.Height && fromX < extent.Width;
                    entries[at++] = inside ? (fromY * extent.Width) + fromX : GatherTable.Padding;
                }
            }
        }

        return new GatherTable(height * width, kernel * kernel, extent.Height * extent.Width, entries);
    }
}
