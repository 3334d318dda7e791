using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Softmax;

namespace ModelPacker.Gradients.Steps;

/// <summary>Softmax over the channels of a row, or its logarithm; forward with the runtime's own kernel.</summary>
internal sealed unsafe class SoftmaxGradient(StepContext context, SoftmaxStep step) : StepGradient(context)
{
    private readonly RowKernel<SoftmaxArgs> _kernel = KernelSelection.Select(SoftmaxKernels.All).Run;

    public override void Forward(int pictures)
    {
        SoftmaxArgs args = new()
        {
            Input = Context.Input(0),
            InputStride = Context.Channels,
            Channels = Context.Channels,
            Logarithm = step.Logarithm,
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

        nint channels = Context.Channels;
        float* y = Context.Output;
        float* dy = Context.OutputGradient;
        for (nint row = 0; row < (nint)pictures * Context.Rows; row++, y += channels, dy += channels, dx += channels)
        {
            double sum = 0;
            for (nint c = 0; c < channels; c++)
            {
                sum += step.Logarithm ? dy[c] : (double)dy[c] * y[c];
            }

            for (nint c = 0; c < channels; c++)
            {
                dx[c] += (float)(step.Logarithm ? dy[c] - (Math.Exp(y[c]) * sum) : y[c] * (dy[c] - sum));
            }
        }
    }
}
