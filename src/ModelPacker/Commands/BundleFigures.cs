using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Perforate;
using ModelPacker.Report;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary>What there is to say about a bundle: sizes, and per operating point its figures and layers.</summary>
internal sealed class BundleFigures : IDisposable
{
    private readonly EdgeModel _model;
    private readonly Session _session;
    private readonly PerforationSection? _perforation;
    private readonly (int Height, int Width)[][] _grids = [];

    public BundleFigures(string path)
    {
        FileBytes = File.Exists(path) ? new FileInfo(path).Length : 0;
        _model = EdgeModel.Load(path);
        _session = _model.CreateSession();
        _perforation = PerforationSection.Read(path, Bundle);
        if (_perforation is not null)
        {
            _grids = [.. Enumerable.Range(0, Bundle.Points.Length).Select(p => _perforation.GridsOf(Bundle, p))];
        }
    }

    public EdgeModel Model => _model;

    public Bundle Bundle => _model.Bundle;

    public long FileBytes { get; }

    public long ArenaBytes => _model.Plan.ArenaBytes;

    public long WeightBytes => _model.Plan.WeightBytes;

    public long TableBytes => _model.Plan.TableBytes;

    public long PeakBytes => _session.PeakBytes;

    /// <summary>"int8", "fp32" or "mixed".</summary>
    public string Precision
    {
        get
        {
            bool[] int8 = [.. Bundle.Steps.Where(s => s is ConvolutionStep or DepthwiseStep).Select(RunsInInt8)];
            return int8.Length == 0 || Array.TrueForAll(int8, q => !q) ? "fp32" : Array.TrueForAll(int8, q => q) ? "int8" : "mixed";
        }
    }

    public static string KindOf(Step step) => step.GetType().Name.Replace("Step", "", StringComparison.Ordinal).ToLowerInvariant();

    // The last convolutions multiply in int8 and answer in fp32.
    private bool RunsInInt8(Step step)
        => Bundle.Maps[step is ConvolutionStep or DepthwiseStep ? step.Inputs[0] : step.Output].Type == ElementType.S8;

    public double Macs(int point)
    {
        _session.Point = point;
        return _session.Macs;
    }

    /// <summary>What every known board is expected to need for the operating points.</summary>
    public List<BoardPrediction> Boards()
        => [.. BoardProfile.Known().Select(BoardProfile.Read).Select(board =>
        {
            CostModel costs = board.Costs(Bundle);
            return new BoardPrediction(board.Title, [.. Bundle.Points.Select(p => costs.Predict([.. Bundle.Steps.Select(s => p.Rows[s.Output])]))], board.Watts);
        })];

    public PointSummary Point(int point)
    {
        OperatingPoint recorded = Bundle.Points[point];
        double peak = recorded.Figures.TryGetValue("peak_bytes", out double bytes) ? bytes : PeakBytes;
        return new PointSummary(recorded.Name, Macs(point), peak, recorded.Figures, Layers(point)) { Input = recorded.Input };
    }

    public List<LayerSummary> Layers(int point)
    {
        _session.Point = point;
        List<LayerSummary> layers = [];
        for (int i = 0; i < Bundle.Steps.Length; i++)
        {
            Step step = Bundle.Steps[i];
            double? sqnr = Bundle.Points[0].Figures.TryGetValue("sqnr:" + step.Name, out double value) ? value : null;
            PerforatedStep? mask = _perforation is null ? null : Array.Find(_perforation.Masks[point], m => m.Step == i);
            layers.Add(new LayerSummary(i, step.Name, KindOf(step), RunsInInt8(step) ? "int8" : "fp32", Bundle.Points[point].Rows[step.Output],
                Bundle.Points[0].Rows[step.Output], Bundle.Maps[step.Output].Channels, _session.Steps[i].Macs, sqnr, mask, _perforation is null ? (0, 0) : _grids[point][step.Output]));
        }

        return layers;
    }

    /// <summary>Sizes, the same members in every report.</summary>
    public JsonObject Sizes() => new()
    {
        ["file_bytes"] = FileBytes,
        ["weight_bytes"] = WeightBytes,
        ["table_bytes"] = TableBytes,
        ["activation_bytes"] = ArenaBytes,
        ["peak_bytes"] = PeakBytes,
    };

    public void WriteSizes(TextWriter output)
    {
        output.WriteLine($"file               {Units.Bytes(FileBytes)}");
        output.WriteLine($"weights            {Units.Bytes(WeightBytes)}");
        output.WriteLine($"tables             {Units.Bytes(TableBytes)}");
        output.WriteLine($"activations, peak  {Units.Bytes(ArenaBytes)}");
        output.WriteLine($"memory, peak       {Units.Bytes(PeakBytes)}");
    }

    public static JsonObject ToJson(LayerSummary layer) => new()
    {
        ["name"] = layer.Name,
        ["kind"] = layer.Kind,
        ["type"] = layer.Type,
        ["rate"] = layer.Rate,
        ["mask"] = layer.Mask?.Kind,
        ["rows"] = layer.Rows,
        ["channels"] = layer.Channels,
        ["macs"] = layer.Macs,
        ["sqnr"] = JsonReport.Number(layer.Sqnr),
    };

    /// <summary>The recorded figures of a point that are not per layer.</summary>
    public static JsonObject FiguresOf(OperatingPoint point)
    {
        JsonObject figures = [];
        foreach ((string name, double value) in point.Figures.Where(f => !f.Key.Contains(':', StringComparison.Ordinal)))
        {
            figures[name] = JsonReport.Number(value);
        }

        return figures;
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
