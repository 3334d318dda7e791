using System.IO.Hashing;
using EdgeRuntime.Bundles;
using EdgeRuntime.Plans;

namespace EdgeRuntime.Sessions;

/// <summary>Runs a plan. Not thread-safe; make one per thread that infers. Allocates nothing after construction.</summary>
public sealed unsafe class Session : IDisposable
{
    private readonly NativeBlock _arena;
    private readonly ScratchPool _scratch;
    private readonly List<NativeBlock> _constants = [];
    private readonly WorkerPool _pool;
    private readonly BoundStep[][] _points;
    private readonly Plan _plan;
    private int _point;

    /// <summary>Binds every operating point of the plan to one arena.</summary>
    /// <param name="plan">The plan; must outlive the session.</param>
    /// <param name="threads">Threads to use, the caller included.</param>
    public Session(Plan plan, int threads = 1)
    {
        _plan = plan;
        _arena = new NativeBlock(plan.ArenaBytes);
        _scratch = new ScratchPool(threads);
        _points = new BoundStep[plan.Bundle.Points.Length][];
        for (int i = 0; i < _points.Length; i++)
        {
            _points[i] = new StepBinder(plan, i, _arena.Pointer, threads, _scratch, _constants).BindAll();
        }

        _scratch.Allocate();
        _pool = new WorkerPool(threads);
    }

    /// <summary>What is run.</summary>
    public Bundle Bundle => _plan.Bundle;

    /// <summary>Index of the operating point in use; switching is free. Outputs of the run before are lost.</summary>
    public int Point
    {
        get => _point;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)value, (uint)_points.Length);
            _point = value;
        }
    }

    /// <summary>Threads, the caller included.</summary>
    public int Threads => _pool.Threads;

    /// <summary>Steps of the operating point in use.</summary>
    public ReadOnlySpan<BoundStep> Steps => _points[_point];

    /// <summary>Bytes that this session and its plan hold: weights, tables, arena and scratch.</summary>
    public long PeakBytes => _plan.WeightBytes + _plan.TableBytes + _plan.ArenaBytes + _scratch.Bytes + _constants.Sum(c => c.Bytes);

    /// <summary>Multiply-accumulates of one run at the operating point in use.</summary>
    public double Macs
    {
        get
        {
            double sum = 0;
            foreach (BoundStep step in Steps)
            {
                sum += step.Macs;
            }

            return sum;
        }
    }

    /// <summary>Runs the network once.</summary>
    public void Run()
    {
        foreach (BoundStep step in _points[_point])
        {
            _pool.Run(step);
        }
    }

    /// <summary>Runs one step; all earlier ones must have run. For profilers.</summary>
    public void RunStep(int index) => _pool.Run(_points[_point][index]);

    /// <summary>Rows of an int8 map of the operating point in use, [rows, channels]; valid until its memory is reused (inputs and outputs: always).</summary>
    /// <exception cref="InvalidOperationException">The map is fp32 or lies inside a wider one.</exception>
    public Span<T> MapRows<T>(int map)
        where T : unmanaged
    {
        Map info = Bundle.Maps[map];
        MapPlacement placement = _plan.Layouts[_point].Maps[map];
        if (info.Type.Size() != sizeof(T) || placement.Stride != info.Channels)
        {
            throw new InvalidOperationException($"Map '{info.Name}' is no dense run of {typeof(T).Name}.");
        }

        return new Span<T>(_arena.Pointer + placement.Offset, Bundle.Points[_point].Rows[map] * info.Channels);
    }

    /// <summary>Copies a map's rows as real numbers, [rows, channels]; to be called before its memory is reused. For calibration and comparison.</summary>
    /// <exception cref="ArgumentException">Wrong number of elements.</exception>
    public void CopyMap(int map, Span<float> values)
    {
        Map info = Bundle.Maps[map];
        MapPlacement placement = _plan.Layouts[_point].Maps[map];
        int rows = Bundle.Points[_point].Rows[map];
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, rows * info.Channels);
        byte* start = _arena.Pointer + placement.Offset;
        for (int row = 0; row < rows; row++)
        {
            Span<float> target = values.Slice(row * info.Channels, info.Channels);
            long first = (long)row * placement.Stride;
            if (info.Type == ElementType.F32)
            {
                new ReadOnlySpan<float>((float*)start + first, info.Channels).CopyTo(target);
            }
            else
            {
                for (int c = 0; c < target.Length; c++)
                {
                    target[c] = (((sbyte*)start)[first + c] - info.ZeroPoint) * info.Scale;
                }
            }
        }
    }

    /// <summary>Feeds an input.</summary>
    /// <param name="input">Index of the input.</param>
    /// <param name="values">All elements in the source model's order (for example NCHW), as many as the operating point in use takes.</param>
    /// <exception cref="ArgumentException">Wrong number of elements.</exception>
    public void SetInput(int input, ReadOnlySpan<float> values)
    {
        Port port = Bundle.Inputs[input];
        Map map = Bundle.Maps[port.Map];
        PortLayout layout = PortLayout.Of(port, Bundle.Points[_point]);
        if (values.Length != layout.Count)
        {
            throw new ArgumentException($"Input '{port.Name}' takes {layout.Count} values [{string.Join(", ", port.Dims)}] at point '{Bundle.Points[_point].Name}', got {values.Length}.");
        }

        byte* rows = _arena.Pointer + _plan.Layouts[_point].Maps[port.Map].Offset;
        for (int i = 0; i < values.Length; i++)
        {
            int target = layout.ToRows(i);
            if (map.Type == ElementType.F32)
            {
                ((float*)rows)[target] = values[i];
            }
            else
            {
                ((sbyte*)rows)[target] = Quantise(values[i], map);
            }
        }
    }

    /// <summary>Reads a value of a port's map as real numbers in the source model's order.</summary>
    /// <param name="output">Index of the output.</param>
    /// <param name="values">Takes all elements.</param>
    /// <exception cref="ArgumentException">Wrong number of elements.</exception>
    public void GetOutput(int output, Span<float> values)
    {
        Port port = Bundle.Outputs[output];
        Map map = Bundle.Maps[port.Map];
        PortLayout layout = PortLayout.Of(port);
        if (values.Length != layout.Count)
        {
            throw new ArgumentException($"Output '{port.Name}' has {layout.Count} values [{string.Join(", ", port.Dims)}], got room for {values.Length}.");
        }

        MapPlacement placement = _plan.Layouts[_point].Maps[port.Map];
        byte* rows = _arena.Pointer + placement.Offset;
        for (int i = 0; i < values.Length; i++)
        {
            int source = layout.ToRows(i);
            long element = ((long)(source / map.Channels) * placement.Stride) + (source % map.Channels);
            values[i] = map.Type == ElementType.F32 ? ((float*)rows)[element] : (((sbyte*)rows)[element] - map.ZeroPoint) * map.Scale;
        }
    }

    /// <summary>Fills all inputs with the golden input: the same bytes on every machine.</summary>
    /// <remarks>SplitMix64 from the state 0x6564676572740000 + input index; int8: the top byte of each number; fp32: the top 24 bits / 2^23 − 1.</remarks>
    public void SetGoldenInput()
    {
        for (int input = 0; input < Bundle.Inputs.Length; input++)
        {
            int map = Bundle.Inputs[input].Map;
            ulong state = 0x6564676572740000UL + (ulong)input;
            if (Bundle.Maps[map].Type == ElementType.S8)
            {
                foreach (ref sbyte value in MapRows<sbyte>(map))
                {
                    value = (sbyte)(Next(ref state) >> 56);
                }
            }
            else
            {
                foreach (ref float value in MapRows<float>(map))
                {
                    value = ((Next(ref state) >> 40) / 8388608f) - 1;
                }
            }
        }
    }

    /// <summary>XxHash64 over the rows of all outputs in order (elements as stored, little-endian).</summary>
    public ulong HashOutputs()
    {
        XxHash64 hash = new();
        foreach (Port port in Bundle.Outputs)
        {
            Map map = Bundle.Maps[port.Map];
            MapPlacement placement = _plan.Layouts[_point].Maps[port.Map];
            int size = map.Type.Size();
            for (int row = 0; row < Bundle.Points[_point].Rows[port.Map]; row++)
            {
                hash.Append(new ReadOnlySpan<byte>(_arena.Pointer + placement.Offset + ((long)row * placement.Stride * size), map.Channels * size));
            }
        }

        return hash.GetCurrentHashAsUInt64();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _arena.Dispose();
        _scratch.Dispose();
        _constants.ForEach(c => c.Dispose());
    }

    private static sbyte Quantise(float value, Map map)
    {
        float y = value / map.Scale;
        if (float.IsNaN(y))
        {
            return (sbyte)map.ZeroPoint;
        }

        y = Math.Clamp(y, -128f - map.ZeroPoint, 127f - map.ZeroPoint);
        return (sbyte)((int)MathF.Round(y, MidpointRounding.ToEven) + map.ZeroPoint);
    }

    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
