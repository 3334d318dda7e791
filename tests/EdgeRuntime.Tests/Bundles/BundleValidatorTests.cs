using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>Breaks every rule of the format once.</summary>
public sealed class BundleValidatorTests
{
    private static readonly Dictionary<string, (string Message, Func<Bundle, Bundle> Break)> Rules = new()
    {
        ["map without channels"] = ("channels", b => b.OutputMap<ConvolutionStep>(m => m with { Channels = 0 })),
        ["map type"] = ("element type", b => b.OutputMap<ConvolutionStep>(m => m with { Type = ElementType.S32 })),
        ["scale zero"] = ("scale", b => b.OutputMap<ConvolutionStep>(m => m with { Scale = 0 })),
        ["scale NaN"] = ("scale", b => b.OutputMap<ConvolutionStep>(m => m with { Scale = float.NaN })),
        ["scale subnormal"] = ("scale", b => b.OutputMap<ConvolutionStep>(m => m with { Scale = float.Epsilon })),
        ["zero point"] = ("zero point", b => b.OutputMap<ConvolutionStep>(m => m with { ZeroPoint = 128 })),
        ["blob type"] = ("element type", b => b.With(blobs: b.Blobs.Replace(0, x => x with { Type = (ElementType)9 }))),
        ["blob outside"] = ("outside", b => b.With(blobs: b.Blobs.Replace(0, x => x with { Offset = x.Offset + (1 << 20) }))),
        ["blob misaligned"] = ("outside", b => b.With(blobs: b.Blobs.Replace(0, x => x with { Offset = 8 }))),
        ["blob empty"] = ("outside", b => b.With(blobs: b.Blobs.Replace(0, x => x with { Count = 0 }))),
        ["no input"] = ("no input", b => b.With(inputs: [])),
        ["no output"] = ("no output", b => b.With(outputs: [])),
        ["port map"] = ("names map", b => b.With(outputs: b.Outputs.Replace(0, p => p with { Map = 999 }))),
        ["port extent"] = ("bad shape", b => b.With(outputs: b.Outputs.Replace(0, p => p with { Dims = [1, 3, 0, 1] }))),
        ["port axis"] = ("bad shape", b => b.With(outputs: b.Outputs.Replace(0, p => p with { ChannelAxis = 4 }))),
        ["port channels"] = ("differ in channels", b => b.With(outputs: b.Outputs.Replace(0, p => p with { ChannelAxis = 0 }))),
        ["port elements"] = ("does not fit its map", b => b.With(outputs: b.Outputs.Replace(0, p => p with { Dims = [1, 3, 33, 1] }))),
        ["port overflow"] = ("does not fit its map", b => b.With(outputs: b.Outputs.Replace(0, p => p with { Dims = [int.MaxValue, 3, int.MaxValue, int.MaxValue] }))),
        ["shared input"] = ("shares a map", b => b.With(inputs: [b.Inputs[0], b.Inputs[0]])),
        ["reads later map"] = ("before it is written", b => b.Step<ConvolutionStep>(s => s with { Inputs = [s.Output + 1] })),
        ["reads no map"] = ("before it is written", b => b.Step<ConvolutionStep>(s => s with { Inputs = [-1] })),
        ["writes twice"] = ("which is taken", b => b.Step<LookupStep>(s => s with { Output = s.Inputs[0] })),
        ["map never written"] = ("never written", b => b.With(maps: [.. b.Maps, b.Maps[0]]).Point(rows: [.. b.Points[0].Rows, 1])),
        ["output never written"] = ("never written", b => b.With(maps: [.. b.Maps, b.Maps[0]], outputs: b.Outputs.Replace(1, p => p with { Map = b.Maps.Length, Dims = [1, 4, 1, 1] }))),
        ["input count"] = ("number of inputs", b => b.Step<LookupStep>(s => s with { Inputs = [s.Inputs[0], s.Inputs[0]] })),
        ["constant with input"] = ("number of inputs", b => b.Step<ConstantStep>(s => s with { Inputs = [0] })),
        ["groups"] = ("groups", b => b.Step<ConvolutionStep>(s => s with { Groups = 3 })),
        ["taps"] = ("sums over", b => b.Step<ConvolutionStep>(s => s with { Taps = 0 })),
        ["depth"] = ("sums over", b => b.Step<ConvolutionStep>(s => s with { Taps = BundleLimits.Depth })),
        ["weights count"] = ("constants", b => b.Step<ConvolutionStep>(s => s with { Weights = s.Bias })),
        ["weights index"] = ("constants", b => b.Step<ConvolutionStep>(s => s with { Weights = -1 })),
        ["bias type"] = ("constants", b => b.Step<ConvolutionStep>(s => s with { Bias = s.Scales })),
        ["scales"] = ("constants", b => b.Step<ConvolutionStep>(s => s with { Scales = -1 })),
        ["clamp order"] = ("clamps", b => b.Step<ConvolutionStep>(s => s with { Minimum = 5, Maximum = 4 })),
        ["clamp range"] = ("clamps", b => b.Step<ConvolutionStep>(s => s with { Maximum = 128 })),
        ["clamp fraction"] = ("clamps", b => b.Step<DepthwiseStep>(s => s with { Minimum = 0.5f })),
        ["clamp NaN"] = ("clamps", b => b.Step<BinaryStep>(s => s with { Minimum = float.NaN })),
        ["depthwise taps"] = ("bad shapes", b => b.Step<DepthwiseStep>(s => s with { Taps = -9 })),
        ["depthwise weights"] = ("constants", b => b.Step<DepthwiseStep>(s => s with { Taps = 8 })),
        ["max pool quantisation"] = ("bad shapes", b => b.OutputMap<PoolStep>(m => m with { ZeroPoint = 9 })),
        ["pool divisor"] = ("bad shapes", b => b.Step<PoolStep>(s => s with { Divisor = -1 })),
        ["resample weights"] = ("constants", b => b.Step<ResampleStep>(s => s with { Weights = 0 })),
        ["gather width"] = ("bad shapes", b => b.Step<GatherStep>(s => s with { Width = 3 })),
        ["gather fill"] = ("fill", b => b.Step<GatherStep>(s => s with { Fill = 300 })),
        ["gather pieces"] = ("does not fit", b => b.Step<GatherStep>(s => s with { Width = 2 })),
        ["concat channels"] = ("bad shapes", b => b.Step<ConcatStep>(s => s with { Inputs = [s.Inputs[0]] })),
        ["concat of nothing"] = ("number of inputs", b => b.Step<ConcatStep>(s => s with { Inputs = [] })),
        ["int8 power"] = ("bad shapes", b => b.Step<BinaryStep>(s => s with { Function = BinaryFunction.Power })),
        ["unary function"] = ("bad shapes", b => b.Step<UnaryStep>(s => s with { Function = (UnaryFunction)200 })),
        ["slopes"] = ("constants", b => b.Step<UnaryStep>(s => s with { Slopes = 0 })),
        ["lookup table"] = ("lookup table", b => b.Step<LookupStep>(s => s with { Table = 0 })),
        ["convert to itself"] = ("bad shapes", b => b.OutputMap<ConvertStep>(m => m with { Type = ElementType.S8 })),
        ["lrn size"] = ("bad shapes", b => b.Step<LrnStep>(s => s with { Size = 0 })),
        ["lrn infinite"] = ("parameters", b => b.Step<LrnStep>(s => s with { Alpha = float.PositiveInfinity })),
        ["lrn negative"] = ("parameters", b => b.Step<LrnStep>(s => s with { Bias = -1 })),
        ["matmul extent"] = ("bad shapes", b => b.Step<MatMulStep>(s => s with { K = 5 })),
        ["matmul overflow"] = ("bad shapes", b => b.Step<MatMulStep>(s => s with { Batch = int.MaxValue, M = int.MaxValue, N = int.MaxValue })),
        ["matmul batch"] = ("bad shapes", b => b.Step<MatMulStep>(s => s with { Batch = 2 })),
        ["scale ratio"] = ("scales its input", b => b.OutputMap<BinaryStep>(m => m with { Scale = 1e-30f })),
        ["no point"] = ("no operating point", b => b.With(points: [])),
        ["two points of one name"] = ("same name", b => b.With(points: [b.Points[0], b.Points[0]])),
        ["constants of no step"] = ("has constants for step 999", b => b.Constants(new StepConstants(999, 0, 0))),
        ["constants twice"] = ("has constants for step", b => b.Constants(Own(b), Own(b))),
        ["constants of a pool"] = ("only convolutions", b => b.Constants(new StepConstants(Array.FindIndex(b.Steps, s => s is PoolStep), 0, 0))),
        ["constants without scales"] = ("constants", b => b.Constants(Own(b) with { Scales = -1 })),
        ["constants of another type"] = ("constants", b => b.Constants(Own(b) with { Bias = Own(b).Scales })),
        ["rows missing"] = ("does not fit the network", b => b.Point(rows: [1])),
        ["input size"] = ("input size does not fit", b => b.With(points: [new OperatingPoint { Name = "dense", Rows = b.Points[0].Rows, Tables = b.Points[0].Tables, Input = new InputSize(3, 1) }])),
        ["input size overflow"] = ("input size does not fit", b => b.With(points: [new OperatingPoint { Name = "dense", Rows = b.Points[0].Rows, Tables = b.Points[0].Tables, Input = new InputSize(65536, 65536) }])),
        ["input size without channels"] = ("input size does not fit", b => b.With(inputs: b.Inputs.Replace(0, p => p with { ChannelAxis = -1 }), points: [new OperatingPoint { Name = "dense", Rows = b.Points[0].Rows, Tables = b.Points[0].Tables, Input = new InputSize(1, b.Points[0].Rows[b.Inputs[0].Map]) }])),
        ["no rows"] = ("rows", b => b.Point(rows: b.Points[0].Rows.Replace(1, _ => 0))),
        ["too many rows"] = ("rows", b => b.Point(rows: b.Points[0].Rows.Replace(1, _ => int.MaxValue))),
        ["table number"] = ("bad table numbers", b => b.TablesOf<ConvolutionStep>(999)),
        ["table count"] = ("bad table numbers", b => b.TablesOf<ConvolutionStep>()),
        ["table needed"] = ("needs a table", b => b.TablesOf<ConvolutionStep>(-1)),
        ["rows differ without table"] = ("differ in rows", b => b.TablesOf<PoolStep>(-1)),
        ["table of a pointwise step"] = ("does not fit", b => b.TablesOf<LookupStep>(0)),
        ["table taps"] = ("does not fit", b => b.Table<DepthwiseStep>(t => t with { Taps = t.Taps / 3, Rows = t.Rows * 3 })),
        ["table input rows"] = ("does not fit", b => b.Table<PoolStep>(t => t with { InputRows = t.InputRows + 1 })),
        ["constant size"] = ("constants", b => b.Point(rows: b.Points[0].Rows.Replace(b.Steps.First(s => s is ConstantStep).Output, _ => 5))),
    };

    private static StepConstants Own(Bundle b)
    {
        int index = Array.FindIndex(b.Steps, s => s is ConvolutionStep { Scales: >= 0 });
        ConvolutionStep step = (ConvolutionStep)b.Steps[index];
        return new StepConstants(index, step.Bias, step.Scales);
    }

    public static TheoryData<string> RuleNames() => new(Rules.Keys);

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void EveryRuleIsChecked(string rule)
    {
        (string message, Func<Bundle, Bundle> break_) = Rules[rule];
        using Bundle bundle = EveryStepNetwork.Create();
        BundleValidator.Validate(bundle);
        BundleException e = Assert.Throws<BundleException>(() => BundleValidator.Validate(break_(bundle)));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(3, e.ExitCode);
    }

    [Fact]
    public void PaddingInABinaryTableIsRefused()
    {
        using Bundle bundle = EveryStepNetwork.Create();
        int rows = bundle.Points[0].Rows[bundle.Steps.First(s => s is BinaryStep).Output];
        int[] entries = [.. Enumerable.Range(0, rows)];
        entries[3] = -1;
        Bundle broken = bundle.With(tables: [.. bundle.Tables, new(rows, 1, rows, entries)]).TablesOf<BinaryStep>(-1, bundle.Tables.Length);
        Assert.Contains("padding", Assert.Throws<BundleException>(() => BundleValidator.Validate(broken)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EndlessWorkIsRefused()
    {
        NetworkBuilder net = new(1);
        int map = net.Input(ElementType.F32, 1, 4096, 16384);
        for (int i = 0; i < 8; i++)
        {
            map = net.Add(new LrnStep($"lrn{i}", [map], net.AddMap(ElementType.F32, 1, 4096, 16384), 65536, 1, 1, 1));
        }

        net.Output(map);
        Assert.Contains("operations", Assert.Throws<BundleException>(() => BundleValidator.Validate(net.Build())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SharedBlobsCannotAskForGiantMemory()
    {
        NetworkBuilder net = new(1);
        int map = net.Input(ElementType.F32, 1, 1, 2048);
        map = net.Convolution(map, 1, 1, 2048);
        ConvolutionStep step = (ConvolutionStep)net.Steps[0].Step;
        for (int i = 0; i < 300; i++)
        {
            map = net.Add(step with { Inputs = [map], Output = net.AddMap(ElementType.F32, 1, 1, 2048) });
        }

        net.Output(map);
        Assert.Contains("memory", Assert.Throws<BundleException>(() => BundleValidator.Validate(net.Build())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AWeightOfMinus128IsRefusedWhenPlanned()
    {
        NetworkBuilder net = new(1);
        int map = net.Input(ElementType.S8, 1, 1, 16);
        int weights = net.Blob(new sbyte[] { -128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 });
        int output = net.AddMap(ElementType.S8, 1, 1, 1);
        net.Output(net.Add(new ConvolutionStep("conv", [map], output, 1, 1, weights, net.Blob(new int[1]), net.Floats(1), -128, 127)));
        Assert.Contains("-128", Assert.Throws<BundleException>(() => EdgeModel.Load(net.Build())).Message, StringComparison.Ordinal);
    }
}
