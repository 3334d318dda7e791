using EdgeRuntime.Maps;

namespace EdgeRuntime.Bundles;

/// <summary>What a step costs: for reports, and for the limits that keep small files from asking for endless work or giant memory.</summary>
internal static class StepCost
{
    /// <summary>Multiply-accumulates of convolutions and products; 0 for other steps.</summary>
    public static double Macs(Bundle bundle, OperatingPoint point, Step step)
    {
        double rows = point.Rows[step.Output];
        double channels = bundle.Maps[step.Output].Channels;
        return step switch
        {
            ConvolutionStep s => rows * channels * s.Taps * (bundle.Maps[s.Inputs[0]].Channels / s.Groups),
            DepthwiseStep s => rows * channels * s.Taps,
            MatMulStep s => (double)s.Batch * s.M * s.N * s.K,
            _ => 0,
        };
    }

    /// <summary>Elementary operations of any step, roughly.</summary>
    public static double Work(Bundle bundle, OperatingPoint point, Step step, GatherTable?[] tables)
    {
        double elements = (double)point.Rows[step.Output] * bundle.Maps[step.Output].Channels;
        return Macs(bundle, point, step) + step switch
        {
            PoolStep or ResampleStep => elements * tables[0]!.Taps,
            LrnStep s => elements * (8 + Math.Min(s.Size, bundle.Maps[step.Output].Channels)),
            _ => elements,
        };
    }

    /// <summary>Bytes that a plan and a session hold for the step besides blobs: packed weights, padding and fill rows, arguments per group.</summary>
    public static double Bytes(Bundle bundle, Step step)
    {
        Map output = bundle.Maps[step.Output];
        double size = output.Type.Size();
        switch (step)
        {
            case ConvolutionStep s:
                double columns = Math.Ceiling((double)output.Channels / s.Groups / PackedColumns) * PackedColumns;
                double depth = Math.Max(4, (double)s.Taps * (bundle.Maps[s.Inputs[0]].Channels / s.Groups));
                return (s.Groups * ((columns * depth * size) + (GroupBytes * bundle.Points.Length))) + (bundle.Maps[s.Inputs[0]].Channels * size);
            case DepthwiseStep s:
                return ((double)s.Taps * (output.Channels + 31) * size) + (output.Channels * size);
            case GatherStep s:
                return s.Width * size;
            default:
                return 0;
        }
    }

    // No kernel packs wider tiles; a bound argument block with its share of alignment is smaller than this.
    private const int PackedColumns = 16;
    private const int GroupBytes = 256;
}
