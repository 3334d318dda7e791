using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Resize.</summary>
internal sealed class ResizeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Resize"];

    public string Note => "nearest, linear and cubic; all coordinate transformations; constant scales or sizes";

    public int MinimumOpset => 10;

    public void Import(NodeImport n)
    {
        string mode = n.Text("mode", "nearest");
        Value x = mode == "nearest" ? n.Data(0) : n.Float(0);
        bool old = n.Opset < 11;
        int rank = x.Dims.Length;
        var rule = new ResizeRule(
            mode,
            old ? "asymmetric" : n.Text("coordinate_transformation_mode", "half_pixel"),
            old ? "simple" : n.Text("nearest_mode", "round_prefer_floor"),
            old ? -0.75f : n.Real("cubic_coeff_a", -0.75f),
            !old && n.Flag("exclude_outside"),
            n.Opset >= 18 && n.Flag("antialias"),
            old ? 0 : n.Real("extrapolation_value", 0));
        int[] axes = n.Opset >= 18 && n.Integers("axes") is { } given ? n.Axes(given, rank) : [.. Enumerable.Range(0, rank)];
        string policy = n.Opset >= 18 ? n.Text("keep_aspect_ratio_policy", "stretch") : "stretch";
        float[]? scales = old ? n.ConstantFloats(1) : n.OptionalConstant(2)?.Floats;
        long[]? sizes = old ? null : n.OptionalIntegers(3);
        float[]? roi = !old && rule.Coordinates == "tf_crop_and_resize" ? n.ConstantFloats(1) : null;
        if (scales is { Length: 0 })
        {
            scales = null;
        }

        if (sizes is { Length: 0 })
        {
            sizes = null;
        }

        if (scales is null == sizes is null)
        {
            throw n.Bad("needs either scales or sizes");
        }

        if ((scales?.Length ?? sizes!.Length) != axes.Length || (roi is not null && roi.Length != 2 * axes.Length))
        {
            throw n.Bad($"has {scales?.Length ?? sizes!.Length} scales or sizes for {axes.Length} axes");
        }

        ResizeAxis[] plan = scales is not null ? ByScales(n, x.Dims, axes, scales, rule) : BySizes(n, x.Dims, axes, sizes!, policy);
        if (roi is not null)
        {
            plan = [.. plan.Select((p, i) => p with { RoiStart = roi[i], RoiEnd = roi[axes.Length + i] })];
        }

        Emit(n, x, plan, rule);
    }

    /// <summary>Emits the node's output.</summary>
    public static void Emit(NodeImport n, Value x, ResizeAxis[] plan, ResizeRule rule)
    {
        int rank = x.Dims.Length;
        int[] dims = [.. x.Dims];
        var positions = new int[]?[rank];
        var weights = new float[]?[rank];
        foreach (ResizeAxis axis in plan)
        {
            if (axis.Output < 1)
            {
                throw n.Bad($"makes an extent of {axis.Output}");
            }

            dims[axis.Axis] = axis.Output;
            bool whole = rule.Coordinates != "tf_crop_and_resize" || (axis.RoiStart == 0 && axis.RoiEnd == 1);
            if (axis.Output == axis.Input && axis.Scale == 1 && whole)
            {
                continue;
            }

            if (rule.Mode == "nearest")
            {
                positions[axis.Axis] = ResizeTaps.Nearest(n, rule, axis);
            }
            else
            {
                (positions[axis.Axis], weights[axis.Axis]) = ResizeTaps.Interpolated(n, rule, axis);
            }
        }

        if (rule.Mode == "nearest")
        {
            n.EmitData(new Select(positions, rule.Extrapolation), [x], dims);
        }
        else
        {
            n.Emit(new Resample(positions, weights), [x], dims);
        }
    }

    /// <summary>Output extents by scale factors.</summary>
    public static ResizeAxis[] ByScales(NodeImport n, int[] dims, int[] axes, float[] scales, ResizeRule rule)
    {
        return [.. axes.Select((axis, i) =>
        {
            float scale = scales[i];
            float exact = scale * dims[axis];
            if (!(scale > 0) || !(exact < 1 << 24))
            {
                throw n.Bad($"has the scale {scale}");
            }

            int output = (int)exact;
            if (rule.Coordinates is "align_corners" or "tf_crop_and_resize" && output != exact && output > 1)
            {
                throw n.Refused($"it has the scale {scale} with {rule.Coordinates}, which gives a fraction of a position and is read differently by different runtimes", "Give sizes in place of scales.");
            }

            return new ResizeAxis(axis, dims[axis], output, scale);
        })];
    }

    private static ResizeAxis[] BySizes(NodeImport n, int[] dims, int[] axes, long[] sizes, string policy)
    {
        int[] wanted = Array.ConvertAll(sizes, s => s is > 0 and <= 1 << 24 ? (int)s : throw n.Bad($"has the size {s}"));
        float[] scales = [.. axes.Select((axis, i) => (float)wanted[i] / dims[axis])];
        if (policy == "stretch")
        {
            return [.. axes.Select((axis, i) => new ResizeAxis(axis, dims[axis], wanted[i], scales[i]))];
        }

        float common = policy switch
        {
            "not_larger" => scales.Min(),
            "not_smaller" => scales.Max(),
            _ => throw n.Bad($"has the unknown policy '{policy}'"),
        };
        return [.. axes.Select(axis => new ResizeAxis(axis, dims[axis], (int)MathF.Floor((common * dims[axis]) + 0.5f), common))];
    }
}
