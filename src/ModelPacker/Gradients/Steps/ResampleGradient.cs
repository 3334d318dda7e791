using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Pooling;

namespace ModelPacker.Gradients.Steps;

/// <summary>Weighted sums of rows; forward with the runtime's own kernel.</summary>
internal sealed unsafe class ResampleGradient(StepContext context, ResampleStep step) : StepGradient(context)
{
    private readonly RowKernel<ResampleArgs<float>> _kernel = KernelSelection.Select(ResampleKernels.F32).Run;
    private readonly int* _table = context.Table(0);
    private readonly int _taps = context.Taps(0);
    private readonly float* _weights = context.Memory.Network.Constant(step.Weights);

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            ResampleArgs<float> args = new()
            {
                Input = Context.Input(0) + (p * Context.InputElements(0)),
                InputStride = Context.Channels,
                Table = _table,
                Weights = _weights,
                Taps = _taps,
                Channels = Context.Channels,
                Scale = 1,
                Output = Context.Output + (p * Context.OutputElements),
                OutputStride = Context.Channels,
            };
            _kernel(in args, 0, Context.Rows);
        }

        Activate(pictures);
    }

    public override void Backward(int pictures)
    {
        Deactivate(pictures);
        float* inputGradient = Context.InputGradientToAdd(0, pictures);
        if (inputGradient is null)
        {
            return;
        }

        nint channels = Context.Channels;
        for (int p = 0; p < pictures; p++)
        {
            float* dx = inputGradient + (p * Context.InputElements(0));
            float* dy = Context.OutputGradient + (p * Context.OutputElements);
            for (nint i = 0; i < (nint)Context.Rows * _taps; i++)
            {
                if (_table[i] >= 0)
                {
                    Lines.AddScaled(dy + (i / _taps * channels), _weights[i], dx + (_table[i] * channels), channels);
                }
            }
        }
    }
}
