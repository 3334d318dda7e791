using ModelPacker.Graphs;

namespace ModelPacker.Tests;

/// <summary>Convolutions and pools of any rank, one output element at a time. The batch is 1 to anything; maps are NC….</summary>
internal static class WindowOracle
{
    public static void Convolve(Convolution c, float[][] x, int[] xd, int[] wd, float[] y, int[] yd)
    {
        int perGroup = xd[1] / c.Groups;
        int taps = c.Kernel.Aggregate(1, (a, b) => a * b);
        int plane = xd[2..].Aggregate(1, (a, b) => a * b);
        int outPlane = yd[2..].Aggregate(1, (a, b) => a * b);
        for (int site = 0; site < outPlane; site++)
        {
            int[] at = GraphInterpreter.Index(yd[2..], site);
            var source = new int[taps];
            for (int t = 0; t < taps; t++)
            {
                source[t] = Site(xd, at, GraphInterpreter.Index(c.Kernel, t), c.Strides, c.Dilations, c.PadsBegin);
            }

            for (int no = 0; no < yd[0] * yd[1]; no++)
            {
                int o = no % yd[1];
                int first = ((no / yd[1]) * xd[1]) + (o / (yd[1] / c.Groups) * perGroup);
                double sum = x.Length > 2 ? x[2][o] : 0;
                for (int i = 0; i < perGroup; i++)
                {
                    for (int t = 0; t < taps; t++)
                    {
                        if (source[t] >= 0)
                        {
                            sum += (double)x[0][((first + i) * plane) + source[t]] * x[1][(((o * perGroup) + i) * taps) + t];
                        }
                    }
                }

                y[(no * outPlane) + site] = (float)Math.Min(Math.Max(sum, c.Clamp.Minimum), c.Clamp.Maximum);
            }
        }
    }

    public static void ConvolveTransposed(TransposedConvolution c, float[][] x, int[] xd, int[] wd, float[] y, int[] yd)
    {
        int perGroup = wd[1];
        int taps = c.Kernel.Aggregate(1, (a, b) => a * b);
        int plane = xd[2..].Aggregate(1, (a, b) => a * b);
        int outPlane = yd[2..].Aggregate(1, (a, b) => a * b);
        var sums = new double[y.Length];
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] = x.Length > 2 ? x[2][i / outPlane % yd[1]] : 0;
        }

        for (int i = 0; i < x[0].Length; i++)
        {
            int channel = i / plane % xd[1];
            int group = channel / (xd[1] / c.Groups);
            int[] at = GraphInterpreter.Index(xd[2..], i % plane);
            for (int t = 0; t < taps; t++)
            {
                int[] tap = GraphInterpreter.Index(c.Kernel, t);
                int[] to = [.. at.Select((p, a) => (p * c.Strides[a]) + (tap[a] * c.Dilations[a]) - c.PadsBegin[a])];
                if (to.Where((p, a) => p < 0 || p >= yd[2 + a]).Any())
                {
                    continue;
                }

                int site = GraphInterpreter.Offset(yd[2..], to);
                for (int o = 0; o < perGroup; o++)
                {
                    int row = (i / plane / xd[1] * yd[1]) + (group * perGroup) + o;
                    sums[(row * outPlane) + site] += (double)x[0][i] * x[1][(((channel * perGroup) + o) * taps) + t];
                }
            }
        }

        for (int i = 0; i < y.Length; i++)
        {
            y[i] = (float)Math.Min(Math.Max(sums[i], c.Clamp.Minimum), c.Clamp.Maximum);
        }
    }

    public static void Pool(Pool p, float[] x, int[] xd, float[] y, int[] yd)
    {
        int taps = p.Kernel.Aggregate(1, (a, b) => a * b);
        int plane = xd[2..].Aggregate(1, (a, b) => a * b);
        int outPlane = yd[2..].Aggregate(1, (a, b) => a * b);
        for (int i = 0; i < y.Length; i++)
        {
            int[] at = GraphInterpreter.Index(yd[2..], i % outPlane);
            double sum = 0;
            float max = float.NegativeInfinity;
            int inside = 0;
            int padded = 0;
            for (int t = 0; t < taps; t++)
            {
                int[] tap = GraphInterpreter.Index(p.Kernel, t);
                int site = Site(xd, at, tap, p.Strides, p.Dilations, p.PadsBegin);
                bool within = !tap.Where((k, a) => (at[a] * p.Strides[a]) - p.PadsBegin[a] + (k * p.Dilations[a]) >= xd[2 + a] + p.PadsEnd[a]).Any();
                padded += within ? 1 : 0;
                if (site >= 0)
                {
                    float v = x[(i / outPlane * plane) + site];
                    sum += v;
                    max = Math.Max(max, v);
                    inside++;
                }
            }

            y[i] = p.Average ? (float)(sum / (p.CountPadding ? padded : inside)) : max;
        }
    }

    private static int Site(int[] xd, int[] at, int[] tap, int[] strides, int[] dilations, int[] pads)
    {
        int site = 0;
        for (int a = 0; a < at.Length; a++)
        {
            int p = (at[a] * strides[a]) - pads[a] + (tap[a] * dilations[a]);
            if (p < 0 || p >= xd[2 + a])
            {
                return -1;
            }

            site = (site * xd[2 + a]) + p;
        }

        return site;
    }
}
