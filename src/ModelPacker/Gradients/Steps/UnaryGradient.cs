using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Gradients.Steps;

/// <summary>fp32 functions of one map; forward with the runtime's own kernel.</summary>
internal sealed unsafe class UnaryGradient(StepContext context, UnaryStep step) : StepGradient(context)
{
    private readonly RowKernel<UnaryArgs> _kernel = KernelSelection.Select(UnaryKernels.All).Run;
    private readonly float* _slopes = context.Memory.Network.Constant(step.Slopes);

    public override void Forward(int pictures)
    {
        UnaryArgs args = new()
        {
            Input = Context.Input(0),
            InputStride = Context.Channels,
            Channels = Context.Channels,
            Function = step.Function,
            Alpha = step.Alpha,
            Beta = step.Beta,
            AlphaPerChannel = _slopes,
            Output = Context.Output,
            OutputStride = Context.Channels,
        };
        _kernel(in args, 0, pictures * Context.Rows);
    }

    public override void Backward(int pictures)
    {
        float* dx = Context.InputGradientToAdd(0, pictures);
        if (dx is null)
        {
            return;
        }

        float* x = Context.Input(0);
        float* dy = Context.OutputGradient;
        nint channels = Context.Channels;
        nint count = (nint)(pictures * Context.OutputElements);
        for (nint i = 0; i < count; i++)
        {
            float alpha = _slopes is null ? step.Alpha : _slopes[i % channels];
            dx[i] += dy[i] * (float)UnaryDerivative.Of(step.Function, x[i], alpha, step.Beta);
        }
    }
}
