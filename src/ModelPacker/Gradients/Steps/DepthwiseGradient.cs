using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Depthwise;
using ModelPacker.Gradients.Matrices;

namespace ModelPacker.Gradients.Steps;

/// <summary>Depthwise convolution; forward with the runtime's own kernel.</summary>
internal sealed unsafe class DepthwiseGradient : StepGradient
{
    private readonly RowKernel<DepthwiseArgs<float>> _kernel = KernelSelection.Select(DepthwiseF32Kernels.All).Run;
    private readonly DepthwiseArgs<float> _args;
    private readonly float* _bias;
    private readonly float* _accumulators;
    private readonly BatchNormalization? _normalization;

    public DepthwiseGradient(StepContext context, DepthwiseStep step)
        : base(context)
    {
        PackedStep packed = context.Memory.Packed[context.Index];
        _normalization = BatchNormalization.For(context);
        _bias = packed.Bias;
        _args = new DepthwiseArgs<float>
        {
            InputStride = context.Channels,
            PaddingRow = (float*)context.Memory.Allocate((long)context.Channels * sizeof(float)),
            Table = context.Table(0),
            Taps = step.Taps,
            Channels = context.Channels,
            Weights = packed.Forward(0),
            WeightStride = Gemm.Padded(context.Channels),
            Bias = _normalization is null ? packed.Bias : (float*)context.Memory.Allocate((long)context.Channels * sizeof(float)),
            OutputMin = float.NegativeInfinity,
            OutputMax = float.PositiveInfinity,
            OutputStride = context.Channels,
        };
        if (context.Memory.Options.WatchedSteps.Contains(context.Index))
        {
            _accumulators = (float*)context.Memory.Allocate(sizeof(float) * context.Memory.Elements(step.Output, context.Memory.Pictures));
        }
    }

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            DepthwiseArgs<float> args = _args;
            args.Input = Context.Input(0) + (p * Context.InputElements(0));
            args.Output = Context.Output + (p * Context.OutputElements);
            _kernel(in args, 0, Context.Rows);
        }

        if (_accumulators is not null)
        {
            Lines.Copy(Context.Output, _accumulators, (nint)(pictures * Context.OutputElements));
        }

        _normalization?.Forward(pictures, _bias);
        Activate(pictures);
    }

    public override void Backward(int pictures)
    {
        Deactivate(pictures);
        nint channels = Context.Channels;
        float* inputGradient = Context.WantsInputGradient(0) ? Context.InputGradientToAdd(0, pictures) : null;
        float* weightSums = Context.Memory.Sums.Weights(Context.Index);
        float* biasSums = Context.Memory.Sums.Bias(Context.Index);
        _normalization?.Backward(pictures, biasSums);
        for (int p = 0; p < pictures; p++)
        {
            float* x = Context.Input(0) + (p * Context.InputElements(0));
            float* dx = inputGradient is null ? null : inputGradient + (p * Context.InputElements(0));
            float* dy = Context.OutputGradient + (p * Context.OutputElements);
            for (nint row = 0; row < Context.Rows; row++, dy += channels)
            {
                if (_normalization is null)
                {
                    Lines.Add(dy, biasSums, channels);
                }

                for (int k = 0; k < _args.Taps; k++)
                {
                    nint entry = _args.Table is null ? row : _args.Table[(row * _args.Taps) + k];
                    if (entry < 0)
                    {
                        continue;
                    }

                    Lines.AddProduct(x + (entry * channels), dy, weightSums + (k * _args.WeightStride), channels);
                    if (dx is not null)
                    {
                        Lines.AddProduct(_args.Weights + (k * _args.WeightStride), dy, dx + (entry * channels), channels);
                    }
                }
            }
        }

        if (_accumulators is not null)
        {
            int elements = checked((int)(pictures * Context.OutputElements));
            Context.Memory.Options.Observer?.Invoke(Context.Index, Context.Memory.FirstPicture, pictures,
                new ReadOnlySpan<float>(_accumulators, elements), new ReadOnlySpan<float>(Context.OutputGradient, elements));
        }
    }
}
