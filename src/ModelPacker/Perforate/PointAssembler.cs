using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Emit;

namespace ModelPacker.Perforate;

/// <summary>Adds operating points to a bundle. Weights and equal tables are shared with what is there.</summary>
public sealed class PointAssembler
{
    private readonly Bundle _bundle;
    private readonly BlobStore _more = new();
    private readonly ExtendedWeights _weights;
    private readonly List<GatherTable> _tables;
    private readonly Dictionary<GatherTable, int> _numbers = [];
    private readonly List<OperatingPoint> _points;

    /// <summary>Starts from a bundle's dense point; its other points are left behind.</summary>
    public PointAssembler(Bundle bundle)
    {
        _bundle = bundle;
        _weights = new ExtendedWeights(bundle.Weights, _more);
        OperatingPoint dense = bundle.Points[0];

        // Only the dense point's tables stay, in their order.
        _tables = [];
        int[] renumbered = new int[bundle.Tables.Length];
        Array.Fill(renumbered, -1);
        foreach (int t in dense.Tables.SelectMany(t => t).Where(t => t >= 0))
        {
            if (renumbered[t] < 0)
            {
                renumbered[t] = Number(bundle.Tables[t]);
            }
        }

        _points =
        [
            new OperatingPoint
            {
                Name = dense.Name,
                Rows = dense.Rows,
                Input = dense.Input,
                Tables = [.. dense.Tables.Select(tables => Array.ConvertAll(tables, t => t < 0 ? -1 : renumbered[t]))],
                Figures = new(dense.Figures, StringComparer.Ordinal),
                GoldenHash = dense.GoldenHash,
            },
        ];
    }

    /// <summary>Adds a point.</summary>
    /// <param name="name">Its name, not yet taken.</param>
    /// <param name="point">Rows and tables.</param>
    /// <param name="constants">Corrected constants by step: bias (int32 or fp32) and multipliers; null: the steps' own.</param>
    public OperatingPoint Add(string name, PointTables point, IReadOnlyDictionary<int, CorrectedConstants>? constants = null)
    {
        OperatingPoint made = new()
        {
            Name = name,
            Rows = point.Rows,
            Input = point.Input,
            Tables = [.. point.Tables.Select(tables => Array.ConvertAll(tables, t => t is null ? -1 : Number(t)))],
            Constants = [.. (constants ?? new Dictionary<int, CorrectedConstants>()).OrderBy(c => c.Key).Select(c => new StepConstants(c.Key,
                _bundle.Blobs.Length + (c.Value.IntegerBias is { } whole ? _more.Add(whole) : _more.Add(c.Value.RealBias!)),
                c.Value.Scales is { } scales ? _bundle.Blobs.Length + _more.Add(scales) : -1))],
        };
        _points.Add(made);
        return made;
    }

    /// <summary>The bundle with all points. The source must stay open as long as it is used.</summary>
    /// <param name="extras">Sections for tools.</param>
    public Bundle Build(IReadOnlyList<BundleExtra> extras) => new()
    {
        Name = _bundle.Name,
        Producer = _bundle.Producer,
        Maps = _bundle.Maps,
        Steps = _bundle.Steps,
        Tables = [.. _tables],
        Blobs = _weights.Blobs(_bundle.Blobs),
        Weights = _weights,
        Points = [.. _points],
        Inputs = _bundle.Inputs,
        Outputs = _bundle.Outputs,
        InputSpec = _bundle.InputSpec,
        Extras = extras,
    };

    private int Number(GatherTable table)
    {
        if (!_numbers.TryGetValue(table, out int number))
        {
            number = _tables.Count;
            _tables.Add(table);
            _numbers.Add(table, number);
        }

        return number;
    }
}
