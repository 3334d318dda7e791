using System.Runtime.Intrinsics;
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
        if (_slopes is null && step.Function is (UnaryFunction.Relu or UnaryFunction.LeakyRelu))
        {
            Ramp(x, dy, step.Function == UnaryFunction.Relu ? 0 : step.Alpha, dx, count);
            return;
        }

        for (nint i = 0; i < count; i++)
        {
            float alpha = _slopes is null ? step.Alpha : _slopes[i % channels];
            dx[i] += dy[i] * (float)UnaryDerivative.Of(step.Function, x[i], alpha, step.Beta);
        }
    }

    private static void Ramp(float* x, float* dy, float slope, float* dx, nint count)
    {
        Vector256<float> slopes = Vector256.Create(slope);
        nint i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256<float> positive = Vector256.GreaterThan(Vector256.Load(x + i), Vector256<float>.Zero);
            Vector256<float> factor = Vector256.ConditionalSelect(positive, Vector256<float>.One, slopes);
            Vector256.MultiplyAddEstimate(Vector256.Load(dy + i), factor, Vector256.Load(dx + i)).Store(dx + i);
        }

        for (; i < count; i++)
        {
            dx[i] += dy[i] * (x[i] > 0 ? 1 : slope);
        }
    }
}
