using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Lower;
using ModelPacker.Perforate;

namespace ModelPacker.Emit;

/// <summary>Assembles a bundle: numbers tables and constants, shares equal ones.</summary>
public sealed class BundleBuilder
{
    private readonly List<GatherTable> _tables = [];
    private readonly Dictionary<GatherTable, int> _tableNumbers = [];
    private readonly List<Step> _steps = [];
    private readonly List<int[]> _stepTables = [];

    /// <summary>Constants.</summary>
    public BlobStore Blobs { get; } = new();

    /// <summary>Adds a step with its tables.</summary>
    public void Add(Step step, GatherTable?[] tables)
    {
        _steps.Add(step);
        _stepTables.Add(Array.ConvertAll(tables, TableNumber));
    }

    /// <summary>Makes the bundle with one operating point, <c>dense</c>.</summary>
    /// <param name="model">Where ports and names come from.</param>
    /// <param name="maps">Maps as quantised.</param>
    /// <param name="rows">Rows of each map.</param>
    /// <param name="inputSpec">Input specification, or empty.</param>
    public Bundle Build(LoweredModel model, Map[] maps, int[] rows, byte[] inputSpec) => new()
    {
        Name = model.Name.Length <= BundleLimits.NameLength ? model.Name : model.Name[..BundleLimits.NameLength],
        Producer = $"modelpacker {typeof(BundleBuilder).Assembly.GetName().Version?.ToString(3)}",
        Maps = maps,
        Steps = [.. _steps],
        Tables = [.. _tables],
        Blobs = Blobs.Blobs,
        Weights = Blobs,
        Points = [new OperatingPoint { Name = "dense", Rows = rows, Tables = [.. _stepTables] }],
        Inputs = [.. model.Inputs],
        Outputs = [.. model.Outputs],
        InputSpec = inputSpec,
        Extras = [new PerforationSection([.. maps.Select((_, i) => i < model.Maps.Count ? model.Maps[i].Grid : (0, 0))], [[]]).ToExtra()],
    };

    private int TableNumber(GatherTable? table)
    {
        if (table is null)
        {
            return -1;
        }

        if (!_tableNumbers.TryGetValue(table, out int number))
        {
            number = _tables.Count;
            _tables.Add(table);
            _tableNumbers.Add(table, number);
        }

        return number;
    }
}
