using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Kernels.Copy;
using EdgeRuntime.Kernels.Depthwise;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Kernels.Lookup;
using EdgeRuntime.Kernels.MatMul;
using EdgeRuntime.Kernels.Normalization;
using EdgeRuntime.Kernels.Pooling;
using EdgeRuntime.Kernels.Softmax;
using EdgeRuntime.Maps;
using EdgeRuntime.Plans;

namespace EdgeRuntime.Sessions;

/// <summary>Turns the steps of one operating point into bound steps over one arena.</summary>
internal sealed unsafe class StepBinder(Plan plan, int pointIndex, byte* arena, int threads, ScratchPool scratch, List<NativeBlock> constants)
{
    private readonly Bundle _bundle = plan.Bundle;
    private readonly OperatingPoint _point = plan.Bundle.Points[pointIndex];
    private readonly ArenaLayout _layout = plan.Layouts[pointIndex];

    public BoundStep[] BindAll()
    {
        BoundStep[] bound = new BoundStep[_bundle.Steps.Length];
        for (int i = 0; i < bound.Length; i++)
        {
            Step step = _bundle.Steps[i];
            int map = step is ConvolutionStep ? step.Inputs[0] : step.Output;
            bound[i] = _bundle.Maps[map].Type == ElementType.S8 ? Bind<sbyte>(i) : Bind<float>(i);
        }

        return bound;
    }

    private BoundStep Bind<T>(int index)
        where T : unmanaged
    {
        Step step = _bundle.Steps[index];
        if (step is ConstantStep constant)
        {
            return BindConstant<T>(constant);
        }

        int input = step.Inputs[0];
        Map from = _bundle.Maps[input];
        Map to = _bundle.Maps[step.Output];
        int rows = _point.Rows[step.Output];
        int tableIndex = _point.Tables[index][0];
        GatherTable? shape = tableIndex < 0 ? null : _bundle.Tables[tableIndex];
        int* table = plan.Table(tableIndex);
        int taps = shape?.Taps ?? 1;
        double elements = (double)rows * to.Channels * taps;
        T* x = (T*)Address(input);
        T* y = (T*)Address(step.Output);
        nint strideX = Stride(input);
        nint strideY = Stride(step.Output);
        bool s8 = typeof(T) == typeof(sbyte);
        switch (step)
        {
            case ConvolutionStep s:
                return BindConvolution<T>(index, s, table, rows);
            case DepthwiseStep s:
                DepthwiseArgs<T> depthwise = new()
                {
                    Input = x,
                    InputStride = strideX,
                    PaddingRow = (T*)PaddingRow(from),
                    Table = table,
                    Taps = taps,
                    Channels = to.Channels,
                    Weights = (T*)plan.Weights(index, 0),
                    WeightStride = plan.DepthwiseStride(index),
                    Bias = plan.Blob(ConstantsOf(index, s.Bias, s.Scales).Bias),
                    Scale = (float*)plan.Blob(ConstantsOf(index, s.Bias, s.Scales).Scales),
                    OutputZeroPoint = to.ZeroPoint,
                    OutputMin = s.Minimum,
                    OutputMax = s.Maximum,
                    Output = y,
                    OutputStride = strideY,
                };
                return Row(s, Pick<DepthwiseArgs<T>>(s8 ? DepthwiseS8Kernels.All : DepthwiseF32Kernels.All), depthwise, rows, elements, elements);
            case PoolStep s:
                PoolArgs<T> pool = new()
                {
                    Input = x,
                    InputStride = strideX,
                    Table = table,
                    Taps = taps,
                    Channels = to.Channels,
                    Average = s.Average,
                    Divisor = s.Divisor,
                    Scale = from.Scale / to.Scale,
                    InputZeroPoint = from.ZeroPoint,
                    OutputZeroPoint = to.ZeroPoint,
                    Output = y,
                    OutputStride = strideY,
                };
                return Row(s, Pick<PoolArgs<T>>(s8 ? PoolKernels.S8 : PoolKernels.F32), pool, rows, elements);
            case ResampleStep s:
                ResampleArgs<T> resample = new()
                {
                    Input = x,
                    InputStride = strideX,
                    Table = table,
                    Weights = (float*)plan.Blob(s.Weights),
                    Taps = taps,
                    Channels = to.Channels,
                    Scale = from.Scale / to.Scale,
                    InputZeroPoint = from.ZeroPoint,
                    OutputZeroPoint = to.ZeroPoint,
                    Output = y,
                    OutputStride = strideY,
                };
                return Row(s, Pick<ResampleArgs<T>>(s8 ? ResampleKernels.S8 : ResampleKernels.F32), resample, rows, elements);
            case GatherStep s:
                NativeBlock fill = Constant((long)s.Width * sizeof(T));
                for (int i = 0; i < s.Width; i++)
                {
                    ((T*)fill.Pointer)[i] = s8 ? (T)(object)(sbyte)s.Fill : (T)(object)s.Fill;
                }

                return Row(s, KernelSelection.Select(GatherKernels.All), new GatherArgs
                {
                    Input = (byte*)x,
                    InputStrideBytes = strideX * sizeof(T),
                    Table = table,
                    Taps = table is null ? 1 : taps,
                    WidthBytes = (table is null ? to.Channels : s.Width) * sizeof(T),
                    PaddingRow = fill.Pointer,
                    Output = (byte*)y,
                    OutputStrideBytes = strideY * sizeof(T),
                }, rows, elements);
            case ConcatStep s:
                return BindConcat<T>(index, s, rows);
            case BinaryStep s:
                Map second = _bundle.Maps[s.Inputs[1]];
                BinaryArgs<T> binary = new()
                {
                    A = x,
                    StrideA = strideX,
                    TableA = table,
                    B = (T*)Address(s.Inputs[1]),
                    StrideB = Stride(s.Inputs[1]),
                    TableB = plan.Table(_point.Tables[index][1]),
                    Channels = to.Channels,
                    Function = s.Function,
                    ScaleA = s.Function == BinaryFunction.Multiply ? from.Scale * second.Scale / to.Scale : from.Scale / to.Scale,
                    ScaleB = second.Scale / to.Scale,
                    ZeroPointA = from.ZeroPoint,
                    ZeroPointB = second.ZeroPoint,
                    OutputZeroPoint = to.ZeroPoint,
                    OutputMin = s.Minimum,
                    OutputMax = s.Maximum,
                    Output = y,
                    OutputStride = strideY,
                };
                return Row(s, Pick<BinaryArgs<T>>(s8 ? BinaryKernels.S8 : BinaryKernels.F32), binary, rows, elements);
            case UnaryStep s:
                return Row(s, KernelSelection.Select(UnaryKernels.All), new UnaryArgs
                {
                    Input = (float*)x,
                    InputStride = strideX,
                    Channels = to.Channels,
                    Function = s.Function,
                    Alpha = s.Alpha,
                    Beta = s.Beta,
                    AlphaPerChannel = (float*)plan.Blob(s.Slopes),
                    Output = (float*)y,
                    OutputStride = strideY,
                }, rows, elements * 8);
            case LookupStep s:
                return Row(s, KernelSelection.Select(LookupKernels.All), new LookupArgs
                {
                    Input = (sbyte*)x,
                    InputStride = strideX,
                    Channels = to.Channels,
                    Lut = (sbyte*)plan.Blob(s.Table),
                    PerChannel = _bundle.Blobs[s.Table].Count != 256,
                    Output = (sbyte*)y,
                    OutputStride = strideY,
                }, rows, elements);
            case ConvertStep s:
                Map quantised = s8 ? to : from;
                return Row(s, KernelSelection.Select(s8 ? ConvertKernels.Quantize : ConvertKernels.Dequantize), new ConvertArgs
                {
                    Input = x,
                    InputStride = strideX,
                    Channels = to.Channels,
                    Scale = quantised.Scale,
                    ZeroPoint = quantised.ZeroPoint,
                    Output = y,
                    OutputStride = strideY,
                }, rows, elements);
            case SoftmaxStep s:
                return Row(s, KernelSelection.Select(SoftmaxKernels.All), new SoftmaxArgs
                {
                    Input = (float*)x,
                    InputStride = strideX,
                    Channels = to.Channels,
                    Logarithm = s.Logarithm,
                    Output = (float*)y,
                    OutputStride = strideY,
                }, rows, elements * 8);
            case LrnStep s:
                LrnArgs<T> lrn = new()
                {
                    Input = x,
                    InputStride = strideX,
                    Channels = to.Channels,
                    Size = s.Size,
                    Alpha = s.Alpha,
                    Beta = s.Beta,
                    Bias = s.Bias,
                    InputScale = from.Scale,
                    OutputScale = to.Scale,
                    InputZeroPoint = from.ZeroPoint,
                    OutputZeroPoint = to.ZeroPoint,
                    Output = y,
                    OutputStride = strideY,
                };
                return Row(s, Pick<LrnArgs<T>>(s8 ? LrnKernels.S8 : LrnKernels.F32), lrn, rows, elements * 8);
            case MatMulStep s:
                return Row(s, KernelSelection.Select(MatMulKernels.All), new MatMulArgs
                {
                    A = (float*)x,
                    B = (float*)Address(s.Inputs[1]),
                    M = s.M,
                    K = s.K,
                    N = s.N,
                    BatchA = table,
                    BatchB = plan.Table(_point.Tables[index][1]),
                    Output = (float*)y,
                }, s.Batch * s.M, (double)s.Batch * s.M * s.N * s.K, (double)s.Batch * s.M * s.N * s.K);
            default:
                throw new InvalidOperationException($"No binding for {step.GetType().Name}.");
        }
    }

    private ConvolutionBoundStep<T> BindConvolution<T>(int index, ConvolutionStep s, int* table, int rows)
        where T : unmanaged
    {
        int channels = _bundle.Maps[s.Inputs[0]].Channels / s.Groups;
        Map to = _bundle.Maps[s.Output];
        int outputs = to.Channels / s.Groups;
        T* padding = (T*)PaddingRow(_bundle.Maps[s.Inputs[0]]);
        bool real = typeof(T) == typeof(sbyte) && to.Type == ElementType.F32;
        StepConstants own = ConstantsOf(index, s.Bias, s.Scales);
        ConvolutionArgs<T>[] groups = new ConvolutionArgs<T>[s.Groups];
        for (int g = 0; g < groups.Length; g++)
        {
            groups[g] = new ConvolutionArgs<T>
            {
                Input = (T*)Address(s.Inputs[0]) + (g * channels),
                InputStride = Stride(s.Inputs[0]),
                PaddingRow = padding,
                Table = table,
                Taps = s.Taps,
                Channels = channels,
                Weights = plan.Weights(index, g),
                Bias = (int*)plan.Blob(own.Bias) + (g * outputs),
                Scale = own.Scales < 0 ? null : (float*)plan.Blob(own.Scales) + (g * outputs),
                OutputChannels = outputs,
                OutputZeroPoint = to.ZeroPoint,
                OutputMin = s.Minimum,
                OutputMax = s.Maximum,
                Output = real ? null : (T*)Address(s.Output) + (g * outputs),
                FloatOutput = real ? (float*)Address(s.Output) + (g * outputs) : null,
                OutputStride = Stride(s.Output),
            };
        }

        object kernel = typeof(T) == typeof(sbyte) ? plan.ConvolutionS8 : plan.ConvolutionF32;
        double macs = (double)rows * to.Channels * s.Taps * channels;
        return new ConvolutionBoundStep<T>(s.Name, (ConvolutionKernel<T>)kernel, groups, rows, macs, threads, scratch);
    }

    private SequenceStep BindConcat<T>(int index, ConcatStep s, int rows)
        where T : unmanaged
    {
        List<BoundStep> parts = [];
        long offset = 0;
        for (int i = 0; i < s.Inputs.Length; i++)
        {
            int map = s.Inputs[i];
            int channels = _bundle.Maps[map].Channels;
            int partRows = s.AlongRows ? _point.Rows[map] : rows;
            int* table = plan.Table(_point.Tables[index][i]);
            if (!ArenaLayout.IsInPlace(_layout, s, _bundle, i))
            {
                parts.Add(Row(s, KernelSelection.Select(GatherKernels.All), new GatherArgs
                {
                    Input = Address(map),
                    InputStrideBytes = Stride(map) * sizeof(T),
                    Table = table,
                    Taps = 1,
                    WidthBytes = channels * sizeof(T),
                    PaddingRow = null,
                    Output = Address(s.Output) + (s.AlongRows ? offset * Stride(s.Output) * sizeof(T) : offset * sizeof(T)),
                    OutputStrideBytes = Stride(s.Output) * sizeof(T),
                }, partRows, (double)partRows * channels));
            }

            offset += s.AlongRows ? partRows : channels;
        }

        return new SequenceStep(s.Name, "concat", [.. parts], rows);
    }

    private RowStep<GatherArgs> BindConstant<T>(ConstantStep s)
        where T : unmanaged
    {
        int rows = _point.Rows[s.Output];
        int bytes = _bundle.Maps[s.Output].Channels * sizeof(T);
        return Row(s, KernelSelection.Select(GatherKernels.All), new GatherArgs
        {
            Input = (byte*)plan.Blob(s.Values),
            InputStrideBytes = bytes,
            Taps = 1,
            WidthBytes = bytes,
            Output = Address(s.Output),
            OutputStrideBytes = Stride(s.Output) * sizeof(T),
        }, rows, (double)rows * bytes);
    }

    private static RowStep<TArgs> Row<TArgs>(Step step, KernelVariant<TArgs> kernel, TArgs args, int rows, double elements, double macs = 0)
        where TArgs : unmanaged
        => new(step.Name, kernel, args, rows, elements, macs);

    private static KernelVariant<TArgs> Pick<TArgs>(object list)
        where TArgs : unmanaged
        => KernelSelection.Select((IReadOnlyList<KernelVariant<TArgs>>)list);

    private StepConstants ConstantsOf(int index, int bias, int scales)
        => Array.Find(_point.Constants, c => c.Step == index) ?? new StepConstants(index, bias, scales);

    private byte* Address(int map) => arena + _layout.Maps[map].Offset;

    private nint Stride(int map) => _layout.Maps[map].Stride;

    private NativeBlock Constant(long bytes)
    {
        NativeBlock block = new(bytes);
        constants.Add(block);
        return block;
    }

    private void* PaddingRow(Map map)
    {
        NativeBlock block = Constant((long)map.Channels * map.Type.Size());
        if (map.Type == ElementType.S8)
        {
            MemoryMarshal.Cast<byte, sbyte>(block.Span).Fill((sbyte)map.ZeroPoint);
        }

        return block.Pointer;
    }
}
