using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Normalization;

namespace ModelPacker.Gradients.Steps;

/// <summary>Local response normalisation y = x · d^−β, d = k + α/n · Σ x²; forward with the runtime's own kernel.</summary>
internal sealed unsafe class LrnGradient : StepGradient
{
    private readonly RowKernel<LrnArgs<float>> _kernel = KernelSelection.Select(LrnKernels.F32).Run;
    private readonly LrnStep _step;

    public LrnGradient(StepContext context, LrnStep step)
        : base(context)
    {
        _step = step;
        context.Memory.RequireScratch(2L * context.Channels * sizeof(double));
    }

    public override void Forward(int pictures)
    {
        LrnArgs<float> args = new()
        {
            Input = Context.Input(0),
            InputStride = Context.Channels,
            Channels = Context.Channels,
            Size = _step.Size,
            Alpha = _step.Alpha,
            Beta = _step.Beta,
            Bias = _step.Bias,
            InputScale = 1,
            OutputScale = 1,
            Output = Context.Output,
            OutputStride = Context.Channels,
        };
        _kernel(in args, 0, pictures * Context.Rows);
        Activate(pictures);
    }

    public override void Backward(int pictures)
    {
        Deactivate(pictures);
        float* dx = Context.InputGradientToAdd(0, pictures);
        if (dx is null)
        {
            return;
        }

        nint channels = Context.Channels;
        float* x = Context.Input(0);
        float* dy = Context.OutputGradient;
        double* power = (double*)Context.Memory.Scratch;
        double* inner = power + channels;
        for (nint row = 0; row < (nint)pictures * Context.Rows; row++, x += channels, dy += channels, dx += channels)
        {
            Row(x, dy, dx, power, inner);
        }
    }

    // ∂L/∂x[j] = dy[j] · d[j]^−β − 2αβ/n · x[j] · Σ dy[i] · x[i] · d[i]^(−β−1) over the channels i whose window holds j.
    private void Row(float* x, float* dy, float* dx, double* power, double* inner)
    {
        int channels = Context.Channels;
        int before = (_step.Size - 1) / 2;
        int behind = _step.Size / 2;
        double factor = _step.Alpha / (double)_step.Size;
        double sum = Squares(x, Math.Min(behind, channels));
        for (int c = 0; c < channels; c++)
        {
            sum += c + behind < channels ? (double)x[c + behind] * x[c + behind] : 0;
            sum -= c - before > 0 ? (double)x[c - before - 1] * x[c - before - 1] : 0;
            double d = _step.Bias + (factor * sum);
            power[c] = Math.Pow(d, -_step.Beta);
            inner[c] = dy[c] * x[c] * power[c] / d;
        }

        double near = 0;
        for (int c = 0; c < Math.Min(before, channels); c++)
        {
            near += inner[c];
        }

        for (int c = 0; c < channels; c++)
        {
            near += c + before < channels ? inner[c + before] : 0;
            near -= c - behind > 0 ? inner[c - behind - 1] : 0;
            dx[c] += (float)((dy[c] * power[c]) - (2 * factor * _step.Beta * x[c] * near));
        }
    }

    private static double Squares(float* x, int count)
    {
        double sum = 0;
        for (int c = 0; c < count; c++)
        {
            sum += (double)x[c] * x[c];
        }

        return sum;
    }
}
