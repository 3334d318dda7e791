using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>What the lowering rules share: the model being built, where every value lies, and the few ways to get at rows.</summary>
public sealed class LoweringContext(LoweredModel model)
{
    private readonly Dictionary<Value, View> _views = [];

    /// <summary>The model being built.</summary>
    public LoweredModel Model { get; } = model;

    /// <summary>Adds a map.</summary>
    public int AddMap(string name, int rows, int channels, int[] dims, Quantization? prescribed = null, bool integer = false)
    {
        Model.Maps.Add(new LoweredMap(name, rows, channels, dims, prescribed, integer));
        return Model.Maps.Count - 1;
    }

    /// <summary>Adds a step; tables that change nothing are left out.</summary>
    public void AddStep(Step step, GatherTable?[] tables, float[]? weights = null, float[]? bias = null, float[]? weightScales = null)
    {
        // A copy that only regroups a dense run into rows of another width has the identity as its table, and needs it.
        bool regroups = step is GatherStep && Model.Maps[step.Inputs[0]].Channels != Model.Maps[step.Output].Channels;
        Model.Steps.Add(new LoweredStep(step, regroups ? tables : Array.ConvertAll(tables, t => t is { IsIdentity: true } ? null : t))
        {
            Weights = weights,
            Bias = bias,
            WeightScales = weightScales,
        });
    }

    /// <summary>Where a value lies; a constant becomes a map of constants on first use.</summary>
    public View ViewOf(Value value)
    {
        if (_views.TryGetValue(value, out View? view))
        {
            return view;
        }

        float[] values = value.Constant?.ToFloats() ?? throw new InvalidOperationException($"Value '{value.Name}' has not been lowered yet.");
        int axis = DefaultAxis(value.Dims);
        view = View.OfRows(-1, value.Dims, axis);
        int[] offsets = view.GetOffsets();
        float[] rows = new float[values.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[offsets[i]] = values[i];
        }

        int channels = axis < 0 ? 1 : value.Dims[axis];
        int map = AddMap(value.Name, values.Length / channels, channels, value.Dims);
        AddStep(new ConstantStep(value.Name, [], map, 0), [], rows);
        return _views[value] = view.InMap(map);
    }

    /// <summary>Records where a value lies.</summary>
    public void Define(Value value, View view) => _views[value] = view;

    /// <summary>Makes the map of a value whose channels lie on <paramref name="axis"/>, and records it.</summary>
    public int DefineRows(Value value, int axis)
    {
        int channels = axis < 0 ? 1 : value.Dims[axis];
        bool integer = value.Type is DataType.Int8 or DataType.UInt8;
        int map = AddMap(value.Name, View.Product(value.Dims) / channels, channels, value.Dims, value.Quantization ?? (integer ? PlainIntegers(value.Type) : null), integer);
        _views[value] = View.OfRows(map, value.Dims, axis);
        return map;
    }

    /// <summary>Quantisation of 8-bit data that the model gives no scale: the numbers themselves.</summary>
    public static Quantization PlainIntegers(DataType type) => new(1, type == DataType.UInt8 ? -128 : 0);

    /// <summary>The axis that holds the channels unless something else is better: 1, or the only one.</summary>
    public static int DefaultAxis(int[] dims) => dims.Length > 1 ? 1 : dims.Length - 1;

    /// <summary>A map and a table (or null) that give the view as rows with the channels of <paramref name="axis"/>.</summary>
    /// <param name="view">What is wanted.</param>
    /// <param name="axis">Channel axis, or -1.</param>
    /// <param name="padding">A row of fill values may be left to the sentinel, if the fill is 0.</param>
    /// <param name="name">Name for the copy, should one be needed.</param>
    public (int Map, GatherTable? Table) Rows(View view, int axis, bool padding, string name)
    {
        if (view.HasRows(axis))
        {
            return (view.Map, null);
        }

        return TryRowTable(view, axis, padding && view.Fill == 0) is { } table ? (view.Map, table) : (DenseRows(view, axis, name), null);
    }

    /// <summary>A map whose rows are exactly the channels of <paramref name="axis"/> of the view; copies unless it already is.</summary>
    public int DenseRows(View view, int axis, string name)
    {
        if (view.HasRows(axis))
        {
            return view.Map;
        }

        LoweredMap source = Model.Maps[view.Map];
        int channels = axis < 0 ? 1 : view.Dims[axis];
        int[] wanted = InRowOrder(view, axis);
        int rows = wanted.Length / channels;
        int width = PieceWidth(wanted, channels, source.Rows * source.Channels);
        int taps = channels / width;
        int[] entries = new int[rows * taps];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = wanted[i * width] < 0 ? -1 : wanted[i * width] / width;
        }

        int map = AddMap(name, rows, channels, view.Dims, source.Prescribed, source.Integer);
        AddStep(new GatherStep(name, [view.Map], map, width, view.Fill), [new GatherTable(rows, taps, source.Rows * source.Channels / width, entries)]);
        return map;
    }

    /// <summary>The view's offsets ordered as rows with the channels of <paramref name="axis"/>.</summary>
    public static int[] InRowOrder(View view, int axis)
    {
        int[] offsets = view.GetOffsets();
        int[] order = View.OfRows(-1, view.Dims, axis).GetOffsets();
        int[] wanted = new int[offsets.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[order[i]] = offsets[i];
        }

        return wanted;
    }

    private GatherTable? TryRowTable(View view, int axis, bool padding)
    {
        LoweredMap source = Model.Maps[view.Map];
        int channels = axis < 0 ? 1 : view.Dims[axis];
        if (channels != source.Channels)
        {
            return null;
        }

        int[] wanted = InRowOrder(view, axis);
        int[] entries = new int[wanted.Length / channels];
        for (int row = 0; row < entries.Length; row++)
        {
            int first = wanted[row * channels];
            if (first < 0 ? !padding : first % channels != 0)
            {
                return null;
            }

            for (int c = 1; c < channels; c++)
            {
                if (wanted[(row * channels) + c] != (first < 0 ? first : first + c))
                {
                    return null;
                }
            }

            entries[row] = first < 0 ? -1 : first / channels;
        }

        return new GatherTable(entries.Length, 1, source.Rows, entries);
    }

    // The widest piece that all contiguous runs are made of.
    private static int PieceWidth(int[] wanted, int channels, int elements)
    {
        int width = Gcd(channels, elements);
        int start = 0;
        for (int i = 1; i <= wanted.Length && width > 1; i++)
        {
            bool ends = i == wanted.Length || i % channels == 0 || (wanted[start] < 0 ? wanted[i] >= 0 : wanted[i] != wanted[i - 1] + 1);
            if (ends)
            {
                width = Gcd(width, i - start);
                width = wanted[start] < 0 ? width : Gcd(width, wanted[start]);
                start = i;
            }
        }

        return width;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
