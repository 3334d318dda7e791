namespace ModelPacker.Import;

/// <summary>A node that cannot be imported.</summary>
/// <param name="Name">The node's name, or its first output's.</param>
/// <param name="Operator">Operator type.</param>
/// <param name="Domain">Operator domain; empty for the standard one.</param>
/// <param name="Inputs">Its inputs with their shapes ("?" where a shape is unknown).</param>
/// <param name="Reason">Why it cannot be imported.</param>
/// <param name="Advice">What to do about it.</param>
public sealed record UnsupportedNode(string Name, string Operator, string Domain, string Inputs, string Reason, string Advice)
{
    /// <summary>The operator with its domain, where that is not the standard one.</summary>
    public string QualifiedOperator => Domain.Length == 0 ? Operator : $"{Domain}.{Operator}";

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {QualifiedOperator}({Inputs}): {Reason} {Advice}";
}
