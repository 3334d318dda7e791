using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>Builds small bundles step by step, with random constants, and perforated operating points over them.</summary>
/// <remarks>Geometry is given over all sites; <see cref="PointBuilder"/> composes it with the supports of a point.</remarks>
public sealed class NetworkBuilder(int seed)
{
    private readonly MemoryStream _weights = new();
    private readonly List<Blob> _blobs = [];
    private readonly List<Map> _maps = [];
    private readonly List<int> _sites = [];
    private readonly List<(int Height, int Width)> _extents = [];
    private readonly List<(Step Step, GatherTable?[] Geometry)> _steps = [];
    private readonly List<Port> _inputs = [];
    private readonly List<Port> _outputs = [];

    /// <summary>Source of all constants.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Maps so far.</summary>
    public IReadOnlyList<Map> Maps => _maps;

    /// <summary>Steps so far.</summary>
    public IReadOnlyList<(Step Step, GatherTable?[] Geometry)> Steps => _steps;

    /// <summary>Sites of a map when nothing is skipped.</summary>
    public int Sites(int map) => _sites[map];

    /// <summary>Image extents of a map.</summary>
    public (int Height, int Width) Extent(int map) => _extents[map];

    /// <summary>Adds a map of height × width sites that no step has written yet.</summary>
    public int AddMap(ElementType type, int height, int width, int channels, float scale = 0.05f, int zeroPoint = -3)
    {
        bool s8 = type == ElementType.S8;
        _maps.Add(new Map($"map{_maps.Count}", channels, type, s8 ? scale : 1, s8 ? zeroPoint : 0));
        _sites.Add(height * width);
        _extents.Add((height, width));
        return _maps.Count - 1;
    }

    /// <summary>Adds an input port [1, C, H, W] and its map.</summary>
    public int Input(ElementType type, int height, int width, int channels)
    {
        int map = AddMap(type, height, width, channels);
        _inputs.Add(new Port($"input{_inputs.Count}", map, [1, channels, height, width], 1));
        return map;
    }

    /// <summary>Adds an output port [1, C, H, W].</summary>
    public void Output(int map)
        => _outputs.Add(new Port($"output{_outputs.Count}", map, [1, _maps[map].Channels, _extents[map].Height, _extents[map].Width], 1));

    /// <summary>Adds ports as they are, in place of the usual ones.</summary>
    public void AddPorts(Port input, Port output)
    {
        _inputs.Add(input);
        _outputs.Add(output);
    }

    /// <summary>Adds a step; geometry is per input; a step of one input may leave it out: row o reads row o.</summary>
    public int Add(Step step, params GatherTable?[] geometry)
    {
        _steps.Add((step, geometry));
        return step.Output;
    }

    /// <summary>k×k convolution with "same" padding; 1×1 with stride 1 has no table.</summary>
    public int Convolution(int input, int kernel, int stride, int channels, int groups = 1, float minimum = -128, float maximum = 127)
    {
        Map from = _maps[input];
        bool s8 = from.Type == ElementType.S8;
        GatherTable? table = kernel == 1 && stride == 1 ? null : Windows.Same(_extents[input], kernel, stride);
        int output = AddMap(from.Type, (_extents[input].Height + stride - 1) / stride, (_extents[input].Width + stride - 1) / stride, channels);
        int taps = kernel * kernel;
        int depth = taps * from.Channels / groups;
        return Add(new ConvolutionStep(Name("conv"), [input], output, taps, groups, Weights(s8, channels * depth, depth), Bias(s8, channels),
            s8 ? Scales(channels, depth) : -1, s8 ? minimum : float.NegativeInfinity, s8 ? maximum : float.PositiveInfinity), table);
    }

    /// <summary>k×k depthwise convolution with "same" padding.</summary>
    public int Depthwise(int input, int kernel, int stride)
    {
        Map from = _maps[input];
        bool s8 = from.Type == ElementType.S8;
        GatherTable table = Windows.Same(_extents[input], kernel, stride);
        int output = AddMap(from.Type, (_extents[input].Height + stride - 1) / stride, (_extents[input].Width + stride - 1) / stride, from.Channels);
        int taps = kernel * kernel;
        return Add(new DepthwiseStep(Name("depthwise"), [input], output, taps, Weights(s8, taps * from.Channels, taps), Bias(s8, from.Channels),
            s8 ? Scales(from.Channels, taps) : -1, s8 ? -128 : float.NegativeInfinity, s8 ? 127 : float.PositiveInfinity), table);
    }

    /// <summary>k×k pooling with "same" padding.</summary>
    public int Pool(int input, int kernel, int stride, bool average)
    {
        Map from = _maps[input];
        GatherTable table = Windows.Same(_extents[input], kernel, stride);
        int output = AddMap(from.Type, (_extents[input].Height + stride - 1) / stride, (_extents[input].Width + stride - 1) / stride, from.Channels,
            from.Scale, from.ZeroPoint);
        return Add(new PoolStep(Name("pool"), [input], output, average, 0), table);
    }

    /// <summary>Average over all sites.</summary>
    public int GlobalAverage(int input)
    {
        Map from = _maps[input];
        int[] all = [.. Enumerable.Range(0, _sites[input])];
        int output = AddMap(from.Type, 1, 1, from.Channels);
        return Add(new PoolStep(Name("mean"), [input], output, true, 0), new GatherTable(1, all.Length, all.Length, all));
    }

    /// <summary>Channel concatenation of maps with the same extents and quantisation.</summary>
    public int Concat(params int[] inputs)
    {
        Map first = _maps[inputs[0]];
        int output = AddMap(first.Type, _extents[inputs[0]].Height, _extents[inputs[0]].Width, inputs.Sum(i => _maps[i].Channels), first.Scale, first.ZeroPoint);
        return Add(new ConcatStep(Name("concat"), inputs, output, false), new GatherTable?[inputs.Length]);
    }

    /// <summary>Elementwise function of two maps of the same shape.</summary>
    public int Binary(int a, int b, BinaryFunction function)
    {
        Map from = _maps[a];
        bool s8 = from.Type == ElementType.S8;
        int output = AddMap(from.Type, _extents[a].Height, _extents[a].Width, from.Channels, 0.07f, 5);
        return Add(new BinaryStep(Name("binary"), [a, b], output, function, s8 ? -128 : float.NegativeInfinity, s8 ? 127 : float.PositiveInfinity), null, null);
    }

    /// <summary>int8 lookup.</summary>
    public int Lookup(int input, bool perChannel = false)
    {
        int output = AddMap(ElementType.S8, _extents[input].Height, _extents[input].Width, _maps[input].Channels);
        sbyte[] table = new sbyte[256 * (perChannel ? _maps[input].Channels : 1)];
        Random.NextBytes(MemoryMarshal.AsBytes(table.AsSpan()));
        return Add(new LookupStep(Name("lookup"), [input], output, Blob(table)));
    }

    /// <summary>Crosses between int8 and fp32.</summary>
    public int Convert(int input)
    {
        ElementType type = _maps[input].Type == ElementType.S8 ? ElementType.F32 : ElementType.S8;
        int output = AddMap(type, _extents[input].Height, _extents[input].Width, _maps[input].Channels);
        return Add(new ConvertStep(Name("convert"), [input], output));
    }

    /// <summary>fp32 softmax.</summary>
    public int Softmax(int input)
    {
        int output = AddMap(ElementType.F32, _extents[input].Height, _extents[input].Width, _maps[input].Channels);
        return Add(new SoftmaxStep(Name("softmax"), [input], output, false));
    }

    /// <summary>Adds constants.</summary>
    public int Blob<T>(T[] values)
        where T : unmanaged
    {
        ElementType type = typeof(T) == typeof(sbyte) ? ElementType.S8 : typeof(T) == typeof(float) ? ElementType.F32 : ElementType.S32;
        _weights.SetLength((_weights.Length + 15) / 16 * 16);
        _weights.Position = _weights.Length;
        _blobs.Add(new Blob(type, _weights.Length, values.Length));
        _weights.Write(MemoryMarshal.AsBytes(values.AsSpan()));
        return _blobs.Count - 1;
    }

    /// <summary>Random fp32 constants in ±1/divisor.</summary>
    public int Floats(int count, float divisor = 1)
        => Blob(Enumerable.Range(0, count).Select(_ => ((Random.NextSingle() * 2) - 1) / divisor).ToArray());

    /// <summary>Makes the bundle with the point <c>dense</c> and one more for every set of perforated steps.</summary>
    public Bundle Build(params IReadOnlySet<int>[] perforated)
    {
        PointBuilder points = new(this);
        List<OperatingPoint> made = [points.Make("dense", new HashSet<int>())];
        made.AddRange(perforated.Select((steps, i) => points.Make($"sparse{i}", steps)));
        return new Bundle
        {
            Name = "network",
            Producer = "tests",
            Maps = [.. _maps],
            Steps = [.. _steps.Select(s => s.Step)],
            Tables = [.. points.Tables],
            Blobs = [.. _blobs],
            Weights = new MemoryWeightSource(_weights.ToArray()),
            Points = [.. made],
            Inputs = [.. _inputs],
            Outputs = [.. _outputs],
        };
    }

    /// <summary>A name for the next step.</summary>
    public string Name(string kind) => $"{kind}{_steps.Count}";

    private int Weights(bool s8, int count, int depth)
        => s8 ? Blob(Enumerable.Range(0, count).Select(_ => (sbyte)Random.Next(-127, 128)).ToArray()) : Floats(count, MathF.Sqrt(depth));

    private int Bias(bool s8, int count)
        => s8 ? Blob(Enumerable.Range(0, count).Select(_ => Random.Next(-5000, 5000)).ToArray()) : Floats(count);

    private int Scales(int count, int depth)
        => Blob(Enumerable.Range(0, count).Select(_ => (0.5f + Random.NextSingle()) / (100 * MathF.Sqrt(depth))).ToArray());
}
