namespace EdgeRuntime.Kernels;

/// <summary>Picks the first usable variant of an ordered list.</summary>
/// <remarks>
/// <c>EDGERT_FORCE_KERNEL</c> is a comma-separated list of <c>name</c> or <c>family=name</c>: families that have a
/// supported variant whose name equals <c>name</c> or starts with <c>name-</c> use it. <c>EDGERT_DISABLE</c> is a
/// comma-separated list of name prefixes (for example <c>avx-vnni,neon-dot</c>) that are passed over. The reference can
/// not be disabled.
/// </remarks>
public static class KernelSelection
{
    /// <summary>First variant in order that is supported, not disabled, and forced if forcing applies to the family.</summary>
    public static T Select<T>(IReadOnlyList<T> ordered)
        where T : class, IKernelVariant
        => Select(ordered, Environment.GetEnvironmentVariable("EDGERT_FORCE_KERNEL"), Environment.GetEnvironmentVariable("EDGERT_DISABLE"));

    /// <summary>The same with explicit settings, for tests.</summary>
    public static T Select<T>(IReadOnlyList<T> ordered, string? force, string? disable)
        where T : class, IKernelVariant
    {
        foreach (string entry in Split(force))
        {
            int equals = entry.IndexOf('=');
            string name = entry[(equals + 1)..];
            foreach (T variant in ordered)
            {
                bool family = equals < 0 || variant.Family == entry[..equals];
                if (family && Matches(variant.Name, name) && variant.IsSupported)
                {
                    return variant;
                }
            }
        }

        string[] disabled = Split(disable);
        foreach (T variant in ordered)
        {
            bool off = variant.Name != "reference" && disabled.Any(d => Matches(variant.Name, d));
            if (variant.IsSupported && !off)
            {
                return variant;
            }
        }

        throw new InvalidOperationException("A kernel family has no reference variant.");
    }

    private static bool Matches(string variant, string name)
        => variant == name || variant.StartsWith(name + "-", StringComparison.Ordinal);

    private static string[] Split(string? list)
        => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
