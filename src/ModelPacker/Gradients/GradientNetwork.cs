using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using EdgeRuntime.Plans;
using ModelPacker.Gradients.Steps;

namespace ModelPacker.Gradients;

/// <summary>A bundle made differentiable: its constants as trainable real numbers, and passes forward and backward over the rows and tables of any of its operating points.</summary>
/// <remarks>Maps hold fp32 numbers, [pictures, rows, channels]; the gradient of a gather is a scatter-add through the same table (reverse-mode
/// differentiation: Griewank and Walther, "Evaluating Derivatives", 2008). Not thread-safe; <see cref="GradientBatch"/> spreads one batch over threads.</remarks>
public sealed unsafe class GradientNetwork : IDisposable
{
    private readonly PackedWeights?[] _packed;
    private readonly NativeBlock?[] _tables;
    private readonly Dictionary<int, NativeBlock> _constants = [];
    private readonly bool[] _needsGradient;
    private readonly int[] _logits;

    private GradientNetwork(Bundle bundle, GradientOptions options)
    {
        Bundle = bundle;
        Options = options;
        _logits = [.. bundle.Outputs.Select(o => Array.Find(bundle.Steps, s => s.Output == o.Map) is SoftmaxStep softmax ? softmax.Inputs[0] : o.Map)];
        HashSet<int> normalized = options.Normalize ? FindNormalized() : [];
        StepParameters = new SortedDictionary<int, StepParameters>(Enumerable.Range(0, bundle.Steps.Length)
            .Where(i => HasWeights(bundle.Steps[i]))
            .ToDictionary(i => i, i => new StepParameters(bundle, i, options.OwnConstants, normalized.Contains(i))));
        Parameters = [.. StepParameters.Values.SelectMany(s => s.All)];
        _packed = new PackedWeights?[bundle.Points.Length];
        _tables = new NativeBlock?[bundle.Tables.Length];
        _needsGradient = FindGradients();
    }

    /// <summary>The bundle.</summary>
    public Bundle Bundle { get; }

    /// <summary>Options.</summary>
    public GradientOptions Options { get; }

    /// <summary>All parameters, by step.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Parameters of the steps that have some.</summary>
    internal SortedDictionary<int, StepParameters> StepParameters { get; }

    /// <summary>Whether steps that are normalised are measured and answer as if they were not.</summary>
    internal bool MeasuresOnly { get; set; }

    /// <summary>Counts changes of the parameters.</summary>
    internal long Version { get; private set; }

    /// <summary>Makes a bundle differentiable.</summary>
    /// <param name="bundle">fp32 or int8; must stay open as long as the network is used.</param>
    /// <param name="options">Options.</param>
    /// <exception cref="EdgeRuntimeException">Steps have no derivative (all are named), or the bundle is broken (exit code 3).</exception>
    public static GradientNetwork Create(Bundle bundle, GradientOptions options)
    {
        BundleValidator.Validate(bundle);
        string[] refused = [.. bundle.Steps.Where(s => !StepGradient.HasDerivative(s)).Select(s => $"'{s.Name}' ({StepGradient.Describe(s)})")];
        return refused.Length == 0 ? new GradientNetwork(bundle, options) : throw new EdgeRuntimeException(
            $"The network '{bundle.Name}' cannot be differentiated: {string.Join(", ", refused)} {(refused.Length == 1 ? "has" : "have")} no gradient. "
            + "Replace these nodes in the model, or do without gradients.", 3);
    }

    /// <summary>Tells that <see cref="Parameter.Values"/> (or units) have changed.</summary>
    public void ParametersChanged() => Version++;

    /// <summary>Sets all gradients to zero.</summary>
    public void ClearGradients()
    {
        foreach (Parameter parameter in Parameters)
        {
            Array.Clear(parameter.Gradient);
        }
    }

    /// <summary>Makes a run of a few pictures on one thread.</summary>
    /// <param name="point">Operating point.</param>
    /// <param name="pictures">Most pictures of one run.</param>
    /// <param name="options">What to keep and to watch; null: nothing.</param>
    public GradientRun CreateRun(int point, int pictures, RunOptions? options = null) => new(this, point, pictures, options ?? new RunOptions(), null);

    /// <summary>The map that losses are differentiated from: what a softmax at the end reads, else the output itself.</summary>
    /// <param name="output">Index of the output.</param>
    public int LogitsMap(int output) => _logits[output];

    /// <summary>Whether the gradient of a map is computed.</summary>
    internal bool NeedsGradient(int map) => _needsGradient[map];

    /// <summary>The packed weights of a point, up to date.</summary>
    internal PackedWeights Packed(int point, int threads)
    {
        PackedWeights packed = _packed[point] ??= new PackedWeights(this, point);
        packed.Refresh(threads);
        return packed;
    }

    /// <summary>Entries of a table; null for -1.</summary>
    internal int* Table(int table)
    {
        if (table < 0)
        {
            return null;
        }

        if (_tables[table] is null)
        {
            GatherTable source = Bundle.Tables[table];
            _tables[table] = new NativeBlock((long)source.Entries.Length * sizeof(int));
            source.Entries.CopyTo(new Span<int>(_tables[table]!.Pointer, source.Entries.Length));
        }

        return (int*)_tables[table]!.Pointer;
    }

    /// <summary>An fp32 blob; null for -1.</summary>
    internal float* Constant(int blob)
    {
        if (blob < 0)
        {
            return null;
        }

        if (!_constants.TryGetValue(blob, out NativeBlock? block))
        {
            float[] values = BundleConstants.Read<float>(Bundle, blob);
            block = new NativeBlock((long)values.Length * sizeof(float));
            values.CopyTo(new Span<float>(block.Pointer, values.Length));
            _constants.Add(blob, block);
        }

        return (float*)block.Pointer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PackedWeights? packed in _packed)
        {
            packed?.Dispose();
        }

        foreach (NativeBlock? table in _tables.Concat(_constants.Values))
        {
            table?.Dispose();
        }
    }

    private static bool HasWeights(Step step) => step is ConvolutionStep or DepthwiseStep;

    // All steps with weights but those that nothing with weights reads before an output.
    private HashSet<int> FindNormalized()
    {
        HashSet<int> free = [.. _logits, .. Bundle.Outputs.Select(o => o.Map)];
        HashSet<int> normalized = [];
        for (int i = Bundle.Steps.Length - 1; i >= 0; i--)
        {
            Step step = Bundle.Steps[i];
            if (!HasWeights(step))
            {
                free.UnionWith(free.Contains(step.Output) ? step.Inputs : []);
            }
            else if (!free.Contains(step.Output))
            {
                normalized.Add(i);
            }
        }

        return normalized;
    }

    private bool[] FindGradients()
    {
        bool[] needs = new bool[Bundle.Maps.Length];
        foreach (Port port in Bundle.Inputs)
        {
            needs[port.Map] = Options.InputGradients;
        }

        foreach (Step step in Bundle.Steps)
        {
            needs[step.Output] = HasWeights(step) || step.Inputs.Any(i => needs[i]);
        }

        return needs;
    }
}
