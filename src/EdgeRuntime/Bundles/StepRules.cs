using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Bundles;

/// <summary>What each kind of step demands of its maps, blobs and tables, and what it costs.</summary>
internal static class StepRules
{
    public static void CheckStatic(Bundle bundle, Step step)
    {
        Map Map(int i) => bundle.Maps[i];
        Map output = Map(step.Output);
        if (step is ConstantStep)
        {
            Require(step, step.Inputs.Length == 0, "has the wrong number of inputs");
            return;
        }

        bool binary = step is BinaryStep or MatMulStep;
        Require(step, step is ConcatStep ? step.Inputs.Length > 0 : step.Inputs.Length == (binary ? 2 : 1), "has the wrong number of inputs");
        Map input = Map(step.Inputs[0]);
        bool sameType = step.Inputs.All(i => Map(i).Type == output.Type);
        bool sameQuantization = step.Inputs.All(i => Map(i).Scale == output.Scale && Map(i).ZeroPoint == output.ZeroPoint);
        bool sameChannels = step.Inputs.All(i => Map(i).Channels == output.Channels);
        bool s8 = output.Type == ElementType.S8;
        switch (step)
        {
            case ConvolutionStep s:
                bool s8Input = input.Type == ElementType.S8;
                Require(step, (sameType || s8Input) && s.Groups > 0 && input.Channels % s.Groups == 0 && output.Channels % s.Groups == 0, "has bad groups");
                long depth = s.Taps > 0 ? (long)s.Taps * (input.Channels / s.Groups) : 0;
                Require(step, depth > 0 && depth <= (s8Input ? BundleLimits.Depth : BundleLimits.FloatDepth), $"sums over {depth} products");
                CheckBlob(bundle, step, s.Weights, input.Type, depth * output.Channels);
                CheckBlob(bundle, step, s.Bias, s8Input ? ElementType.S32 : ElementType.F32, output.Channels);
                CheckScales(bundle, step, s8Input, s.Scales);
                CheckClamp(step, s8, s.Minimum, s.Maximum);
                break;
            case DepthwiseStep s:
                Require(step, sameType && sameChannels && s.Taps is > 0 and <= BundleLimits.Depth, "has bad shapes");
                CheckBlob(bundle, step, s.Weights, output.Type, (long)s.Taps * output.Channels);
                CheckBlob(bundle, step, s.Bias, s8 ? ElementType.S32 : ElementType.F32, output.Channels);
                CheckScales(bundle, step, s8, s.Scales);
                CheckClamp(step, s8, s.Minimum, s.Maximum);
                break;
            case PoolStep s:
                Require(step, sameType && sameChannels && s.Divisor >= 0 && (s.Average || sameQuantization), "has bad shapes");
                CheckRatio(step, s8, input.Scale / output.Scale);
                break;
            case ResampleStep:
                Require(step, sameType && sameChannels, "has bad shapes");
                CheckRatio(step, s8, input.Scale / output.Scale);
                break;
            case GatherStep s:
                Require(step, sameType && sameQuantization && s.Width > 0 && output.Channels % s.Width == 0, "has bad shapes");
                Require(step, !s8 || (s.Fill is >= -128 and <= 127 && s.Fill == MathF.Floor(s.Fill)), "has a bad fill value");
                break;
            case ConcatStep s:
                long sum = step.Inputs.Sum(i => (long)Map(i).Channels);
                Require(step, sameType && sameQuantization && (s.AlongRows ? sameChannels : sum == output.Channels), "has bad shapes");
                break;
            case BinaryStep s:
                Require(step, sameType && sameChannels && s.Function <= (s8 ? BinaryFunction.Multiply : BinaryFunction.Power), "has bad shapes");
                CheckClamp(step, s8, s.Minimum, s.Maximum);
                Map second = Map(step.Inputs[1]);
                CheckRatio(step, s8, input.Scale / output.Scale);
                CheckRatio(step, s8, second.Scale / output.Scale);
                CheckRatio(step, s8, input.Scale * second.Scale / output.Scale);
                break;
            case UnaryStep s:
                Require(step, sameType && sameChannels && !s8 && s.Function <= UnaryFunction.Softsign, "has bad shapes");
                if (s.Slopes != -1)
                {
                    CheckBlob(bundle, step, s.Slopes, ElementType.F32, output.Channels);
                }

                break;
            case LookupStep s:
                Require(step, sameType && sameChannels && s8, "has bad shapes");
                Require(step, (uint)s.Table < (uint)bundle.Blobs.Length && (bundle.Blobs[s.Table].Count == 256
                    || bundle.Blobs[s.Table].Count == 256L * output.Channels), "has a bad lookup table");
                CheckBlob(bundle, step, s.Table, ElementType.S8, bundle.Blobs[s.Table].Count);
                break;
            case ConvertStep:
                Require(step, !sameType && sameChannels, "has bad shapes");
                break;
            case SoftmaxStep:
                Require(step, sameType && sameChannels && !s8, "has bad shapes");
                break;
            case LrnStep s:
                Require(step, sameType && sameChannels && s.Size is > 0 and <= 1 << 16, "has bad shapes");
                Require(step, float.IsFinite(s.Alpha) && float.IsFinite(s.Beta) && float.IsFinite(s.Bias), "has bad parameters");

                // Without this an int8 result could be NaN, which has no agreed conversion to an integer.
                Require(step, !s8 || (s.Alpha >= 0 && s.Bias > 0 && s.Beta is >= 0 and <= 16), "has bad parameters");
                CheckRatio(step, s8, input.Scale / output.Scale);
                break;
            case MatMulStep s:
                Require(step, sameType && !s8 && s.Batch > 0 && s.M > 0 && s.K > 0 && s.N > 0, "has bad shapes");
                break;
            default:
                throw new InvalidOperationException($"No rules for {step.GetType().Name}.");
        }
    }

    public static void CheckConstants(Bundle bundle, Step step, StepConstants constants)
    {
        Require(step, step is ConvolutionStep or DepthwiseStep, "has constants of an operating point, which only convolutions have");
        bool s8 = bundle.Maps[step.Inputs[0]].Type == ElementType.S8;
        CheckBlob(bundle, step, constants.Bias, s8 ? ElementType.S32 : ElementType.F32, bundle.Maps[step.Output].Channels);
        CheckScales(bundle, step, s8, constants.Scales);
    }

    public static void CheckTables(Bundle bundle, OperatingPoint point, Step step, GatherTable?[] tables)
    {
        int rows = point.Rows[step.Output];
        if (step is ConstantStep constant)
        {
            Map map = bundle.Maps[step.Output];
            CheckBlob(bundle, step, constant.Values, map.Type, (long)rows * map.Channels);
            return;
        }

        if (step is MatMulStep matMul)
        {
            CheckMatMul(bundle, point, matMul, tables);
            return;
        }

        if (step is ConcatStep { AlongRows: true })
        {
            Require(step, tables.All(t => t is null) && step.Inputs.Sum(i => (long)point.Rows[i]) == rows, "joins maps whose rows do not add up");
            return;
        }

        for (int i = 0; i < tables.Length; i++)
        {
            long inputRows = point.Rows[step.Inputs[i]];
            if (step is GatherStep gather)
            {
                long elements = inputRows * bundle.Maps[step.Inputs[i]].Channels;
                Require(step, elements % gather.Width == 0, "cuts its input into pieces of unequal width");
                inputRows = elements / gather.Width;
            }

            GatherTable? table = tables[i];
            if (table is null)
            {
                int channels = bundle.Maps[step.Inputs[i]].Channels;
                Require(step, point.Rows[step.Inputs[i]] == rows, "has no table but inputs and outputs differ in rows");
                Require(step, step switch
                {
                    ConvolutionStep s => s.Taps == 1,
                    DepthwiseStep s => s.Taps == 1,
                    PoolStep or ResampleStep => false,
                    GatherStep => channels == bundle.Maps[step.Output].Channels,
                    _ => true,
                }, "needs a table");
                continue;
            }

            int taps = step switch
            {
                ConvolutionStep s => s.Taps,
                DepthwiseStep s => s.Taps,
                PoolStep or ResampleStep => table.Taps,
                GatherStep s => bundle.Maps[step.Output].Channels / s.Width,
                BinaryStep or ConcatStep => 1,
                _ => -1,
            };
            Require(step, table.Rows == rows && table.InputRows == inputRows && table.Taps == taps, "has a table that does not fit its maps");
            Require(step, step is not (BinaryStep or ConcatStep) || !table.Entries.AsSpan().ContainsAnyInRange(int.MinValue, -1),
                "has a table with padding where none is allowed");
        }

        if (step is ResampleStep resample)
        {
            CheckBlob(bundle, step, resample.Weights, ElementType.F32, tables[0]!.Entries.Length);
        }
    }

    private static void CheckMatMul(Bundle bundle, OperatingPoint point, MatMulStep step, GatherTable?[] tables)
    {
        long Elements(int map) => (long)point.Rows[map] * bundle.Maps[map].Channels;
        Require(step, Elements(step.Output) == (long)step.Batch * step.M * step.N, "has bad shapes");
        long[] item = [(long)step.M * step.K, (long)step.K * step.N];
        for (int i = 0; i < 2; i++)
        {
            long elements = Elements(step.Inputs[i]);
            Require(step, item[i] > 0 && elements % item[i] == 0, "has bad shapes");
            Require(step, tables[i] is { } table
                ? table.Rows == step.Batch && table.Taps == 1 && table.InputRows == elements / item[i]
                    && !table.Entries.AsSpan().ContainsAnyInRange(int.MinValue, -1)
                : elements / item[i] == step.Batch, "has a bad batch table");
        }
    }

    private static void CheckScales(Bundle bundle, Step step, bool s8, int scales)
    {
        if (s8)
        {
            CheckBlob(bundle, step, scales, ElementType.F32, bundle.Maps[step.Output].Channels);
        }
        else
        {
            Require(step, scales == -1, "has scales though it is fp32");
        }
    }

    private static void CheckClamp(Step step, bool s8, float minimum, float maximum)
        => Require(step, minimum <= maximum && (!s8 || (minimum >= -128 && maximum <= 127
            && minimum == MathF.Floor(minimum) && maximum == MathF.Floor(maximum))), $"clamps to [{minimum}, {maximum}]");

    // A sum of a few products with such factors stays finite, so no int8 result is ever computed from a NaN.
    private static void CheckRatio(Step step, bool s8, float ratio)
        => Require(step, !s8 || ratio <= 1e20f, $"scales its input by {ratio}");

    private static void CheckBlob(Bundle bundle, Step step, int blob, ElementType type, long count)
        => Require(step, (uint)blob < (uint)bundle.Blobs.Length && bundle.Blobs[blob].Type == type && bundle.Blobs[blob].Count == count,
            $"needs {count} constants of type {type}");

    private static void Require(Step step, bool holds, string what)
        => BundleValidator.Require(holds, $"step '{step.Name}' {what}");
}
