using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.MatMul;

namespace ModelPacker.Gradients.Steps;

/// <summary>Products of two maps; forward with the runtime's own kernel.</summary>
internal sealed unsafe class MatMulGradient(StepContext context, MatMulStep step) : StepGradient(context)
{
    private readonly RowKernel<MatMulArgs> _kernel = KernelSelection.Select(MatMulKernels.All).Run;
    private readonly int* _itemsA = context.Table(0);
    private readonly int* _itemsB = context.Table(1);

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            MatMulArgs args = new()
            {
                A = Context.Input(0) + (p * Context.InputElements(0)),
                B = Context.Input(1) + (p * Context.InputElements(1)),
                M = step.M,
                K = step.K,
                N = step.N,
                BatchA = _itemsA,
                BatchB = _itemsB,
                Output = Context.Output + (p * Context.OutputElements),
            };
            _kernel(in args, 0, step.Batch * step.M);
        }
    }

    public override void Backward(int pictures)
    {
        float* gradientA = Context.WantsInputGradient(0) ? Context.InputGradientToAdd(0, pictures) : null;
        float* gradientB = Context.WantsInputGradient(1) ? Context.InputGradientToAdd(1, pictures) : null;
        for (int p = 0; p < pictures; p++)
        {
            for (nint item = 0; item < step.Batch; item++)
            {
                nint a = (nint)(p * Context.InputElements(0)) + ((_itemsA is null ? item : _itemsA[item]) * step.M * step.K);
                nint b = (nint)(p * Context.InputElements(1)) + ((_itemsB is null ? item : _itemsB[item]) * step.K * step.N);
                float* dy = Context.OutputGradient + (p * Context.OutputElements) + (item * step.M * step.N);
                for (nint m = 0; m < step.M; m++, dy += step.N)
                {
                    for (nint k = 0; k < step.K; k++)
                    {
                        nint atA = a + (m * step.K) + k;
                        nint atB = b + (k * step.N);
                        if (gradientA is not null)
                        {
                            gradientA[atA] += (float)Lines.Dot(dy, Context.Input(1) + atB, step.N);
                        }

                        if (gradientB is not null)
                        {
                            Lines.AddScaled(dy, Context.Input(0)[atA], gradientB + atB, step.N);
                        }
                    }
                }
            }
        }
    }
}
