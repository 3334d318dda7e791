using EdgeRuntime.Bundles;
using ModelPacker.Gradients.Matrices;

namespace ModelPacker.Gradients.Steps;

/// <summary>Convolution as products of matrices: blocks of output rows gather their taps (im2row) and are multiplied with packed weights. Backward, the same columns
/// times the gradient give the weights' gradient, and the gradient times the weights gives columns that are scattered back through the table.</summary>
internal sealed unsafe class ConvolutionGradient : StepGradient
{
    private const int RowBlock = TapGroups.RowBlock;

    private readonly PackedStep _packed;
    private readonly TapGroups _taps;
    private readonly int _groups;
    private readonly int _width;
    private readonly int _outputs;
    private readonly int _columnStride;
    private readonly RowGather? _gather;
    private readonly float* _accumulators;
    private readonly BatchNormalization? _normalization;

    public ConvolutionGradient(StepContext context, ConvolutionStep step)
        : base(context)
    {
        _packed = context.Memory.Packed[context.Index];
        _normalization = BatchNormalization.For(context);
        _taps = _packed.Taps;
        _groups = step.Groups;
        _width = context.InputChannels(0) / step.Groups;
        _outputs = context.Channels / step.Groups;

        // Rows at a multiple of the page size apart would fall into the same lines of the first cache.
        _columnStride = context.Table(0) is null ? 0 : Gemm.Padded(_taps.ColumnsOf(0)) + 16;
        _gather = context.Table(0) is null ? null : new RowGather(context.Table(0), step.Taps, context.Rows, context.InputRows(0), context.InputChannels(0));
        context.Memory.RequireScratch(sizeof(float) * (long)RowBlock * ((2 * _columnStride) + Gemm.Padded(_outputs)));
        if (context.Memory.Options.WatchedSteps.Contains(context.Index))
        {
            _accumulators = (float*)context.Memory.Allocate(sizeof(float) * context.Memory.Elements(step.Output, context.Memory.Pictures));
        }
    }

    public override void Forward(int pictures)
    {
        float* columns = Context.Memory.Scratch;
        int channels = Context.Channels;
        long rows = (long)pictures * Context.Rows;
        for (long first = 0; first < rows; first += RowBlock)
        {
            int count = (int)Math.Min(RowBlock, rows - first);
            float* y = Context.Output + (first * channels);
            for (int g = 0; g < _groups; g++)
            {
                for (int t = 0; t < _taps.Count; t++)
                {
                    float* a = Columns(first, count, g, t, columns, out nint stride);
                    float* weights = _packed.Forward(g) + ((nint)_taps.FirstColumn(t) * Gemm.Panel);
                    Gemm.Multiply(a, stride, 1, count, _taps.ColumnsOf(t), weights, _packed.ForwardPanel, _outputs, y + (g * _outputs), channels, t > 0);
                }
            }

            for (int row = 0; row < count && _normalization is null; row++)
            {
                Lines.Add(_packed.Bias, y + ((nint)row * channels), channels);
            }

            if (_accumulators is not null)
            {
                Lines.Copy(y, _accumulators + (first * channels), (nint)count * channels);
            }

            if (_normalization is null)
            {
                Context.Activation.Forward(y, first * channels, (long)count * channels);
            }
        }

        if (_normalization is not null)
        {
            _normalization.Forward(pictures, _packed.Bias);
            Activate(pictures);
        }
    }

    public override void Backward(int pictures)
    {
        float* columns = Context.Memory.Scratch;
        float* inputColumns = columns + ((nint)RowBlock * _columnStride);
        float* panels = inputColumns + ((nint)RowBlock * _columnStride);
        int channels = Context.Channels;
        long rows = (long)pictures * Context.Rows;
        bool add = true;
        float* inputGradient = !Context.WantsInputGradient(0) ? null
            : _gather is null ? Context.InputGradientToWrite(0, out add) : Context.InputGradientToAdd(0, pictures);
        float* weightSums = Context.Memory.Sums.Weights(Context.Index);
        float* biasSums = Context.Memory.Sums.Bias(Context.Index);
        int stride = Gemm.Padded(_outputs);
        int depth = _taps.FirstColumn(_taps.Count - 1) + _taps.ColumnsOf(_taps.Count - 1);
        if (_normalization is not null)
        {
            Deactivate(pictures);
            _normalization.Backward(pictures, biasSums);
        }

        for (long first = 0; first < rows; first += RowBlock)
        {
            int count = (int)Math.Min(RowBlock, rows - first);
            float* dy = Context.OutputGradient + (first * channels);
            if (_normalization is null)
            {
                Context.Activation.Backward(dy, Context.Output + (first * channels), first * channels, (long)count * channels);
                for (int row = 0; row < count; row++)
                {
                    Lines.Add(dy + ((nint)row * channels), biasSums, channels);
                }
            }

            for (int g = 0; g < _groups; g++)
            {
                Gemm.Pack(dy + (g * _outputs), channels, count, _outputs, panels);
                for (int t = 0; t < _taps.Count; t++)
                {
                    float* a = Columns(first, count, g, t, columns, out nint step);
                    float* sums = weightSums + ((((nint)g * depth) + _taps.FirstColumn(t)) * stride);
                    Gemm.Multiply(a, 1, step, _taps.ColumnsOf(t), count, panels, (nint)count * Gemm.Panel, Gemm.Filled(_outputs), sums, stride, true);
                    if (inputGradient is not null)
                    {
                        BackwardToInput(dy + (g * _outputs), first, count, g, t, inputColumns, inputGradient, add);
                    }
                }
            }
        }

        if (_accumulators is not null)
        {
            int elements = checked((int)(rows * channels));
            Context.Memory.Options.Observer?.Invoke(Context.Index, Context.Memory.FirstPicture, pictures,
                new ReadOnlySpan<float>(_accumulators, elements), new ReadOnlySpan<float>(Context.OutputGradient, elements));
        }
    }

    private void BackwardToInput(float* dy, long first, int count, int group, int tapGroup, float* columns, float* inputGradient, bool add)
    {
        int width = _taps.ColumnsOf(tapGroup);
        float* weights = _packed.Backward(group, tapGroup);
        if (_gather is null)
        {
            int stride = Context.InputChannels(0);
            float* dx = inputGradient + (first * stride) + (group * _width) + _taps.FirstColumn(tapGroup);
            Gemm.Multiply(dy, Context.Channels, 1, count, _outputs, weights, _packed.BackwardPanel, width, dx, stride, add);
            return;
        }

        Gemm.Multiply(dy, Context.Channels, 1, count, _outputs, weights, _packed.BackwardPanel, width, columns, _columnStride, false);
        _gather.Scatter(columns, _columnStride, first, count, tapGroup * _taps.Size, _taps.TapsOf(tapGroup), group * _width, _width, inputGradient);
    }

    // Without a table the rows are the columns.
    private float* Columns(long first, int count, int group, int tapGroup, float* columns, out nint stride)
    {
        if (_gather is null)
        {
            stride = Context.InputChannels(0);
            return Context.Input(0) + (first * stride) + (group * _width) + _taps.FirstColumn(tapGroup);
        }

        stride = _columnStride;
        _gather.Gather(Context.Input(0), first, count, tapGroup * _taps.Size, _taps.TapsOf(tapGroup), group * _width, _width, columns, _columnStride);
        return columns;
    }
}
