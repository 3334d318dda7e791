using System.Runtime.Intrinsics;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Pooling;

namespace ModelPacker.Gradients.Steps;

/// <summary>Maximum (its gradient goes to the first tap that has it) or average over taps; forward with the runtime's own kernel.</summary>
internal sealed unsafe class PoolGradient(StepContext context, PoolStep step) : StepGradient(context)
{
    private readonly RowKernel<PoolArgs<float>> _kernel = KernelSelection.Select(PoolKernels.F32).Run;
    private readonly int* _table = context.Table(0);
    private readonly int _taps = context.Taps(0);

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            PoolArgs<float> args = new()
            {
                Input = Context.Input(0) + (p * Context.InputElements(0)),
                InputStride = Context.Channels,
                Table = _table,
                Taps = _taps,
                Channels = Context.Channels,
                Average = step.Average,
                Divisor = step.Divisor,
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
            float* x = Context.Input(0) + (p * Context.InputElements(0));
            float* dx = inputGradient + (p * Context.InputElements(0));
            float* y = Context.Output + (p * Context.OutputElements);
            float* dy = Context.OutputGradient + (p * Context.OutputElements);
            for (nint row = 0; row < Context.Rows; row++, y += channels, dy += channels)
            {
                int* taps = _table + (row * _taps);
                if (step.Average)
                {
                    Average(taps, dy, dx);
                }
                else
                {
                    Maximum(taps, x, y, dy, dx);
                }
            }
        }
    }

    private void Average(int* taps, float* dy, float* dx)
    {
        int present = 0;
        for (int k = 0; k < _taps; k++)
        {
            present += taps[k] >= 0 ? 1 : 0;
        }

        float factor = 1f / Math.Max(1, step.Divisor > 0 ? step.Divisor : present);
        for (int k = 0; k < _taps; k++)
        {
            if (taps[k] >= 0)
            {
                Lines.AddScaled(dy, factor, dx + ((nint)taps[k] * Context.Channels), Context.Channels);
            }
        }
    }

    private void Maximum(int* taps, float* x, float* y, float* dy, float* dx)
    {
        nint channels = Context.Channels;
        nint c = 0;
        for (; c + Vector256<float>.Count <= channels; c += Vector256<float>.Count)
        {
            Vector256<float> largest = Vector256.Load(y + c);
            Vector256<float> left = Vector256.Load(dy + c);
            for (int k = 0; k < _taps; k++)
            {
                if (taps[k] >= 0)
                {
                    nint at = ((nint)taps[k] * channels) + c;
                    Vector256<float> here = Vector256.Equals(Vector256.Load(x + at), largest);
                    (Vector256.Load(dx + at) + (left & here)).Store(dx + at);
                    left = Vector256.AndNot(left, here);
                }
            }
        }

        for (; c < channels; c++)
        {
            for (int k = 0; k < _taps; k++)
            {
                nint at = ((nint)taps[k] * channels) + c;
                if (taps[k] >= 0 && x[at] == y[c])
                {
                    dx[at] += dy[c];
                    break;
                }
            }
        }
    }
}
