using EdgeRuntime.Bundles;

namespace ModelPacker.Lower;

/// <summary>A network in rows and tables, dense, fp32.</summary>
public sealed class LoweredModel
{
    /// <summary>Name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>All maps; steps name them by index.</summary>
    public List<LoweredMap> Maps { get; init; } = [];

    /// <summary>Steps in execution order.</summary>
    public List<LoweredStep> Steps { get; init; } = [];

    /// <summary>Inputs.</summary>
    public List<Port> Inputs { get; init; } = [];

    /// <summary>Outputs.</summary>
    public List<Port> Outputs { get; init; } = [];

    /// <summary>Readable list of steps for <c>--dump-stage lower</c>.</summary>
    public void Dump(TextWriter writer)
    {
        foreach (LoweredStep step in Steps)
        {
            string inputs = string.Join(", ", step.Step.Inputs.Select((m, i)
                => $"{Maps[m].Name}[{Maps[m].Rows}×{Maps[m].Channels}]{(step.Tables[i] is { } t ? $" through {t.Rows}×{t.Taps}" : "")}"));
            LoweredMap output = Maps[step.Step.Output];
            writer.WriteLine($"{step.Step.GetType().Name.Replace("Step", "", StringComparison.Ordinal),-12} {step.Step.Name}: {inputs} -> {output.Name}[{output.Rows}×{output.Channels}]");
        }
    }
}
