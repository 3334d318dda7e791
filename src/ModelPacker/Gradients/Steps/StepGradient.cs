using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Gradients.Steps;

/// <summary>One step of a run in both directions.</summary>
/// <param name="context">The step.</param>
internal abstract unsafe class StepGradient(StepContext context)
{
    /// <summary>The step.</summary>
    protected StepContext Context => context;

    /// <summary>Whether a step can be differentiated.</summary>
    public static bool HasDerivative(Step step) => step switch
    {
        UnaryStep s => s.Function is not (UnaryFunction.Floor or UnaryFunction.Ceiling),
        ConvolutionStep or DepthwiseStep or PoolStep or ResampleStep or GatherStep or ConcatStep or BinaryStep or LookupStep or ConvertStep or SoftmaxStep
            or LrnStep or MatMulStep or ConstantStep => true,
        _ => false,
    };

    /// <summary>What a step does, for messages.</summary>
    public static string Describe(Step step)
        => step is UnaryStep unary ? unary.Function.ToString() : step.GetType().Name.Replace("Step", "", StringComparison.Ordinal);

    /// <summary>Whether the backward pass reads the step's inputs.</summary>
    public static bool NeedsInputs(Step step) => step switch
    {
        BinaryStep s => s.Function is not (BinaryFunction.Add or BinaryFunction.Subtract),
        PoolStep s => !s.Average,
        ConvolutionStep or DepthwiseStep or UnaryStep or LookupStep or LrnStep or MatMulStep => true,
        _ => false,
    };

    /// <summary>Whether the backward pass reads the step's output.</summary>
    public static bool NeedsOutput(GradientNetwork network, Step step)
    {
        (float minimum, float maximum) = StepContext.Bounds(network.Bundle, step);
        return step is SoftmaxStep or PoolStep { Average: false } || new Activation(network.Bundle.Maps[step.Output], minimum, maximum, null).Clamps;
    }

    /// <summary>Binds a step.</summary>
    public static StepGradient Create(StepContext context) => context.Step switch
    {
        ConvolutionStep s => new ConvolutionGradient(context, s),
        DepthwiseStep s => new DepthwiseGradient(context, s),
        PoolStep s => new PoolGradient(context, s),
        ResampleStep s => new ResampleGradient(context, s),
        GatherStep s => new GatherGradient(context, s),
        ConcatStep s => new ConcatGradient(context, s),
        BinaryStep s => new BinaryGradient(context, s),
        UnaryStep s => new UnaryGradient(context, s),
        LookupStep s => new LookupGradient(context, s),
        ConvertStep => new ConvertGradient(context),
        SoftmaxStep s => new SoftmaxGradient(context, s),
        LrnStep s => new LrnGradient(context, s),
        MatMulStep s => new MatMulGradient(context, s),
        ConstantStep s => new ConstantGradient(context, s),
        _ => throw new InvalidOperationException($"No gradient for {context.Step.GetType().Name}."),
    };

    /// <summary>Computes the output of the first <paramref name="pictures"/> pictures.</summary>
    public abstract void Forward(int pictures);

    /// <summary>Carries the gradient of the output (which may be overwritten) to the inputs and the parameters.</summary>
    public abstract void Backward(int pictures);

    /// <summary>The activation over the whole output.</summary>
    protected void Activate(int pictures) => context.Activation.Forward(context.Output, 0, pictures * context.OutputElements);

    /// <summary>Takes the activation out of the whole output's gradient.</summary>
    protected void Deactivate(int pictures) => context.Activation.Backward(context.OutputGradient, context.Output, 0, pictures * context.OutputElements);
}
