namespace ModelPacker.Perforate;

/// <summary>Names of the kinds of mask.</summary>
public static class MaskKinds
{
    /// <summary>Names of all kinds, as commands and bundles spell them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<MaskKind>().Select(NameOf)];

    /// <summary>Kinds that a search tries where none is named: all that need no passes over the network after every step.</summary>
    public static IReadOnlyList<MaskKind> Automatic { get; } = [.. Enum.GetValues<MaskKind>().Where(k => k != MaskKind.IterativeImpact)];

    /// <summary>The name of a kind.</summary>
    public static string NameOf(MaskKind kind) => kind == MaskKind.IterativeImpact ? "iterative-impact" : kind.ToString().ToLowerInvariant();

    /// <summary>The kind of a name out of <see cref="Names"/>.</summary>
    public static MaskKind Parse(string name) => Enum.GetValues<MaskKind>().First(k => NameOf(k) == name);
}
