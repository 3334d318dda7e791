using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Lower;

namespace ModelPacker.Quantizing;

/// <summary>Decides which steps run in int8.</summary>
internal static class PrecisionPlanner
{
    /// <summary>True for each step that runs in int8.</summary>
    public static bool[] Plan(LoweredModel model, IReadOnlySet<string> keepFloat)
    {
        bool[] int8 = new bool[model.Steps.Count];
        bool[] feedsConvolution = new bool[model.Maps.Count];
        for (int i = model.Steps.Count - 1; i >= 0; i--)
        {
            Step step = model.Steps[i].Step;
            bool heavy = step is ConvolutionStep or DepthwiseStep { Taps: > 1 };
            if (heavy || feedsConvolution[step.Output])
            {
                Array.ForEach(step.Inputs, m => feedsConvolution[m] = true);
            }

            // What only follows the last convolution (softmax, box arithmetic, final averages) is cheap and decides the answer: fp32, unless the model
            // itself prescribes a scale for the result.
            bool tail = !heavy && !feedsConvolution[step.Output] && model.Maps[step.Output].Prescribed is null;
            int8[i] = !tail && !keepFloat.Contains(step.Name) && HasInt8Form(model, step);
        }

        return int8;
    }

    private static bool HasInt8Form(LoweredModel model, Step step) => step switch
    {
        ConvolutionStep s => (long)s.Taps * (model.Maps[s.Inputs[0]].Channels / s.Groups) <= BundleLimits.Depth,
        DepthwiseStep or PoolStep or ResampleStep or GatherStep or ConcatStep or UnaryStep or LrnStep or ConstantStep => true,
        BinaryStep s => s.Function <= BinaryFunction.Multiply,
        _ => false,
    };
}
