using EdgeRuntime.Bundles;
using EdgeRuntime.Plans;

namespace ModelPacker.Gradients;

/// <summary>Values and gradients of all maps of one run: [pictures, rows, channels], fp32.</summary>
internal sealed unsafe class RunMemory : IDisposable
{
    private readonly float*[] _values;
    private readonly float*[] _gradients;
    private readonly bool[] _touched;
    private readonly NativeBlock[] _blocks;
    private readonly List<NativeBlock> _more = [];
    private NativeBlock? _scratch;
    private long _scratchBytes;

    public RunMemory(GradientNetwork network, int point, int pictures, RunOptions options, GradientSums sums)
    {
        Network = network;
        PointIndex = point;
        Pictures = pictures;
        Options = options;
        Sums = sums;
        Packed = network.Packed(point, 1);
        int maps = network.Bundle.Maps.Length;
        _values = new float*[maps];
        _gradients = new float*[maps];
        _touched = new bool[maps];
        int[] values = new int[maps];
        int[] gradients = new int[maps];
        BufferPlan plan = new();
        foreach ((int map, (int begin, int end)) in MapLifetimes.Values(network, options))
        {
            values[map] = plan.Add(begin, end, Bytes(map));
        }

        foreach ((int map, (int begin, int end)) in MapLifetimes.Gradients(network, options))
        {
            gradients[map] = plan.Add(begin, end, Bytes(map)) + 1;
        }

        (int[] numbers, long[] bytes) = plan.Solve();
        _blocks = Array.ConvertAll(bytes, b => new NativeBlock(b));
        for (int map = 0; map < maps; map++)
        {
            _values[map] = (float*)_blocks[numbers[values[map]]].Pointer;
            _gradients[map] = gradients[map] == 0 ? null : (float*)_blocks[numbers[gradients[map] - 1]].Pointer;
        }
    }

    public GradientNetwork Network { get; }

    public Bundle Bundle => Network.Bundle;

    public int PointIndex { get; }

    public OperatingPoint Point => Bundle.Points[PointIndex];

    /// <summary>Most pictures.</summary>
    public int Pictures { get; }

    /// <summary>Index in the batch of the first picture.</summary>
    public int FirstPicture { get; set; }

    public RunOptions Options { get; }

    public GradientSums Sums { get; }

    public PackedWeights Packed { get; }

    public float* Value(int map) => _values[map];

    /// <summary>Gradient of a map as it is; null where none is computed.</summary>
    public float* Gradient(int map) => _gradients[map];

    /// <summary>Whether anything has been added to the gradient of a map in this pass.</summary>
    public bool HasGradient(int map) => _touched[map];

    /// <summary>Elements of a map for a number of pictures.</summary>
    public long Elements(int map, int pictures) => (long)pictures * Point.Rows[map] * Bundle.Maps[map].Channels;

    /// <summary>Forgets all gradients.</summary>
    public void ForgetGradients() => Array.Clear(_touched);

    /// <summary>The gradient of a map, to be added to.</summary>
    /// <param name="map">The map.</param>
    /// <param name="pictures">Pictures in use.</param>
    /// <returns>Null where no gradient is wanted.</returns>
    public float* GradientToAdd(int map, int pictures)
    {
        float* gradient = GradientToWrite(map, out bool add);
        if (gradient is not null && !add)
        {
            long count = Elements(map, pictures);
            for (long at = 0; at < count; at += 1 << 28)
            {
                new Span<float>(gradient + at, (int)Math.Min(1 << 28, count - at)).Clear();
            }
        }

        return gradient;
    }

    /// <summary>The gradient of a map, of which every element is to be added to, or written where nothing has been added yet.</summary>
    /// <param name="map">The map.</param>
    /// <param name="add">Whether to add.</param>
    /// <returns>Null where no gradient is wanted.</returns>
    public float* GradientToWrite(int map, out bool add)
    {
        add = _touched[map];
        _touched[map] = true;
        return _gradients[map];
    }

    /// <summary>Memory that lives as long as the run.</summary>
    public byte* Allocate(long bytes)
    {
        _more.Add(new NativeBlock(bytes));
        return _more[^1].Pointer;
    }

    /// <summary>Asks for memory that steps use one after the other; it is there when passes run.</summary>
    public void RequireScratch(long bytes) => _scratchBytes = Math.Max(_scratchBytes, bytes);

    /// <summary>What was asked for.</summary>
    public float* Scratch => (float*)(_scratch ??= new NativeBlock(_scratchBytes)).Pointer;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeBlock block in _blocks.Concat(_more))
        {
            block.Dispose();
        }

        _scratch?.Dispose();
    }

    private long Bytes(int map) => Elements(map, Pictures) * sizeof(float);
}
