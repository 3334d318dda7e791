namespace ModelPacker.Gradients;

/// <summary>Numbers that can be trained, in real units, with the gradient of the loss.</summary>
/// <remarks>Whoever changes <see cref="Values"/> calls <see cref="GradientNetwork.ParametersChanged"/>.</remarks>
/// <param name="name">Name of the step.</param>
/// <param name="step">Index of the step.</param>
/// <param name="kind">What it does there.</param>
/// <param name="point">Operating point that it belongs to; -1: all.</param>
/// <param name="values">Values, laid out as <see cref="ParameterKind"/> says.</param>
public sealed class Parameter(string name, int step, ParameterKind kind, int point, float[] values)
{
    /// <summary>Name of the step in the source model.</summary>
    public string Name => name;

    /// <summary>Index of the step in the bundle.</summary>
    public int Step => step;

    /// <summary>What it does in the step.</summary>
    public ParameterKind Kind => kind;

    /// <summary>Operating point that it belongs to; -1: shared by all.</summary>
    public int Point => point;

    /// <summary>Values.</summary>
    public float[] Values => values;

    /// <summary>∂L/∂value, summed over what was collected since it was last cleared.</summary>
    public float[] Gradient { get; } = new float[values.Length];

    /// <summary>Weights of an int8 step: what one unit of an int8 weight stands for, per output channel; else null. Fake quantisation rounds to it, so
    /// whoever lets weights grow beyond 127 units widens it.</summary>
    public float[]? Units { get; init; }
}
