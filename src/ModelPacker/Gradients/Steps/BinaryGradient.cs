using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Elementwise;

namespace ModelPacker.Gradients.Steps;

/// <summary>Functions of two maps; forward with the runtime's own kernel.</summary>
internal sealed unsafe class BinaryGradient(StepContext context, BinaryStep step) : StepGradient(context)
{
    private readonly RowKernel<BinaryArgs<float>> _kernel = KernelSelection.Select(BinaryKernels.F32).Run;
    private readonly int* _tableA = context.Table(0);
    private readonly int* _tableB = context.Table(1);

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            BinaryArgs<float> args = new()
            {
                A = Context.Input(0) + (p * Context.InputElements(0)),
                StrideA = Context.Channels,
                TableA = _tableA,
                B = Context.Input(1) + (p * Context.InputElements(1)),
                StrideB = Context.Channels,
                TableB = _tableB,
                Channels = Context.Channels,
                Function = step.Function,
                ScaleA = 1,
                ScaleB = 1,
                OutputMin = float.NegativeInfinity,
                OutputMax = float.PositiveInfinity,
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
        for (int side = 0; side < 2; side++)
        {
            float* inputGradient = Context.InputGradientToAdd(side, pictures);
            for (int p = 0; p < pictures && inputGradient is not null; p++)
            {
                Backward(side, p, inputGradient + (p * Context.InputElements(side)));
            }
        }
    }

    private void Backward(int side, int picture, float* gradient)
    {
        nint channels = Context.Channels;
        float* dy = Context.OutputGradient + (picture * Context.OutputElements);
        float* allA = Context.Input(0) + (picture * Context.InputElements(0));
        float* allB = Context.Input(1) + (picture * Context.InputElements(1));
        for (nint row = 0; row < Context.Rows; row++, dy += channels)
        {
            nint rowA = (_tableA is null ? row : _tableA[row]) * channels;
            nint rowB = (_tableB is null ? row : _tableB[row]) * channels;
            float* target = gradient + (side == 0 ? rowA : rowB);
            switch (step.Function)
            {
                case BinaryFunction.Add:
                    Lines.Add(dy, target, channels);
                    break;
                case BinaryFunction.Subtract:
                    Lines.AddScaled(dy, side == 0 ? 1 : -1, target, channels);
                    break;
                case BinaryFunction.Multiply:
                    Lines.AddProduct(dy, side == 0 ? allB + rowB : allA + rowA, target, channels);
                    break;
                default:
                    for (nint c = 0; c < channels; c++)
                    {
                        target[c] += dy[c] * (float)Derivative(side, allA[rowA + c], allB[rowB + c]);
                    }

                    break;
            }
        }
    }

    // Where both sides are equal the first is taken for the smaller and the larger one.
    private double Derivative(int side, double a, double b) => (step.Function, side) switch
    {
        (BinaryFunction.Divide, 0) => 1 / b,
        (BinaryFunction.Divide, _) => -a / (b * b),
        (BinaryFunction.Minimum, 0) => a <= b ? 1 : 0,
        (BinaryFunction.Minimum, _) => a <= b ? 0 : 1,
        (BinaryFunction.Maximum, 0) => a >= b ? 1 : 0,
        (BinaryFunction.Maximum, _) => a >= b ? 0 : 1,
        (BinaryFunction.Power, 0) => b == 0 ? 0 : b * Math.Pow(a, b - 1),
        (BinaryFunction.Power, _) => a > 0 ? Math.Pow(a, b) * Math.Log(a) : 0,
        _ => throw new InvalidOperationException($"No derivative for {step.Function}."),
    };
}
