using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Bundles;

/// <summary>Checks everything that the plan and the kernels rely on, so that they need not check again: indices, shapes, tables, blobs, scales, limits.</summary>
public static class BundleValidator
{
    /// <summary>Returns normally or says what is wrong.</summary>
    /// <exception cref="BundleException">The first rule that is broken.</exception>
    public static void Validate(Bundle bundle)
    {
        CheckMaps(bundle);
        CheckBlobs(bundle);
        CheckPorts(bundle);
        CheckOrder(bundle);
        Require(bundle.Points.Length > 0, "it has no operating point");
        Require(bundle.Points.Select(p => p.Name).Distinct().Count() == bundle.Points.Length, "two operating points have the same name");
        Require((long)bundle.Points.Length * (bundle.Maps.Length + bundle.Steps.Length) <= BundleLimits.PointSteps, "it has too many operating points for its size");
        CheckMemory(bundle);
        foreach (OperatingPoint point in bundle.Points)
        {
            CheckPoint(bundle, point);
        }
    }

    // Blobs may overlap and steps may share them, so the size of the file bounds nothing.
    private static void CheckMemory(Bundle bundle)
    {
        double bytes = bundle.Blobs.Sum(b => (double)b.Bytes) + bundle.Steps.Sum(s => StepCost.Bytes(bundle, s));
        Require(bytes <= BundleLimits.PlanBytes, $"its weights need {bytes / 1e6:f0} MB of memory; at most {BundleLimits.PlanBytes >> 20} MB are allowed");
    }

    private static void CheckMaps(Bundle bundle)
    {
        foreach (Map map in bundle.Maps)
        {
            Require(map.Channels is > 0 and <= 1 << 24, $"map '{map.Name}' has {map.Channels} channels");
            Require(map.Type is ElementType.S8 or ElementType.F32, $"map '{map.Name}' has element type {(byte)map.Type}");
            Require(float.IsFinite(map.Scale) && map.Scale > 0 && float.IsNormal(map.Scale), $"map '{map.Name}' has scale {map.Scale}");
            Require(map.ZeroPoint is >= -128 and <= 127, $"map '{map.Name}' has zero point {map.ZeroPoint}");
        }
    }

    private static void CheckBlobs(Bundle bundle)
    {
        for (int i = 0; i < bundle.Blobs.Length; i++)
        {
            Blob blob = bundle.Blobs[i];
            Require(blob.Type is ElementType.S8 or ElementType.F32 or ElementType.S32, $"blob {i} has element type {(byte)blob.Type}");
            Require(blob.Count > 0 && blob.Bytes <= int.MaxValue && blob.Offset >= 0 && blob.Offset % 16 == 0 && blob.Offset <= bundle.Weights.Length - blob.Bytes,
                $"blob {i} ({blob.Count} elements at {blob.Offset}) lies outside the weights section");
        }
    }

    private static void CheckPorts(Bundle bundle)
    {
        Require(bundle.Inputs.Length > 0 && bundle.Outputs.Length > 0, "it has no input or no output");
        foreach (Port port in bundle.Inputs.Concat(bundle.Outputs))
        {
            Require((uint)port.Map < (uint)bundle.Maps.Length, $"port '{port.Name}' names map {port.Map}");
            Require(port.Dims.All(d => d > 0) && port.ChannelAxis >= -1 && port.ChannelAxis < port.Dims.Length,
                $"port '{port.Name}' has a bad shape");
            Require(port.ChannelAxis < 0 || port.Dims[port.ChannelAxis] == bundle.Maps[port.Map].Channels,
                $"port '{port.Name}' and its map differ in channels");
        }
    }

    // Single assignment in order: every map is an input or written once, before it is read.
    private static void CheckOrder(Bundle bundle)
    {
        bool[] written = new bool[bundle.Maps.Length];
        foreach (Port port in bundle.Inputs)
        {
            Require(!written[port.Map], $"input '{port.Name}' shares a map with another");
            written[port.Map] = true;
        }

        foreach (Step step in bundle.Steps)
        {
            foreach (int input in step.Inputs)
            {
                Require((uint)input < (uint)written.Length && written[input], $"step '{step.Name}' reads map {input} before it is written");
            }

            Require((uint)step.Output < (uint)written.Length && !written[step.Output], $"step '{step.Name}' writes map {step.Output}, which is taken");
            written[step.Output] = true;
            StepRules.CheckStatic(bundle, step);
        }

        foreach (Port port in bundle.Outputs)
        {
            Require(written[port.Map], $"output '{port.Name}' is never written");
        }

        Require(Array.TrueForAll(written, w => w), "a map is never written");
    }

    private static void CheckPoint(Bundle bundle, OperatingPoint point)
    {
        string where = $"operating point '{point.Name}'";
        Require(point.Rows.Length == bundle.Maps.Length && point.Tables.Length == bundle.Steps.Length, $"{where} does not fit the network");
        for (int i = 0; i < point.Rows.Length; i++)
        {
            Require(point.Rows[i] > 0 && (long)point.Rows[i] * bundle.Maps[i].Channels <= BundleLimits.MapElements,
                $"{where}: map '{bundle.Maps[i].Name}' has {point.Rows[i]} rows");
        }

        if (point.Input is { } size)
        {
            // One picture, channels in front or behind, and none larger than the port's: its extents bound what is fed.
            Require(bundle.Inputs is [{ Dims: [1, _, _, _], ChannelAxis: 1 or 3 } input] && size.Height > 0 && size.Width > 0
                && size.Height <= input.Dims[input.ChannelAxis == 1 ? 2 : 1] && size.Width <= input.Dims[input.ChannelAxis == 1 ? 3 : 2]
                && input.Dims.Aggregate(1L, (a, d) => Math.Min(a * d, BundleLimits.MapElements + 1L)) <= BundleLimits.MapElements
                && (long)size.Height * size.Width == point.Rows[input.Map], $"{where}: its input size does not fit its input");
        }

        foreach (Port port in point.Input is null ? bundle.Inputs.Concat(bundle.Outputs) : bundle.Outputs)
        {
            long elements = port.Dims.Aggregate(1L, (a, d) => a * d > BundleLimits.MapElements ? BundleLimits.MapElements + 1 : a * d);
            Require(elements == (long)point.Rows[port.Map] * bundle.Maps[port.Map].Channels, $"{where}: port '{port.Name}' does not fit its map");
        }

        double work = 0;
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            int[] tables = point.Tables[i];
            Require(tables.Length == step.Inputs.Length && tables.All(t => t >= -1 && t < bundle.Tables.Length),
                $"{where}: step '{step.Name}' has bad table numbers");
            GatherTable?[] resolved = Array.ConvertAll(tables, t => t < 0 ? null : bundle.Tables[t]);
            StepRules.CheckTables(bundle, point, step, resolved);
            work += StepCost.Work(bundle, point, step, resolved);
        }

        int last = -1;
        foreach (StepConstants constants in point.Constants)
        {
            Require(constants.Step > last && constants.Step < bundle.Steps.Length, $"{where} has constants for step {constants.Step}");
            last = constants.Step;
            StepRules.CheckConstants(bundle, bundle.Steps[last], constants);
        }

        Require(work <= BundleLimits.Macs, $"{where} needs {work:g3} operations; at most {BundleLimits.Macs:g3} are allowed");
    }

    internal static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new BundleException($"The bundle breaks a rule of the format: {what}. Pack the model again.");
        }
    }
}
