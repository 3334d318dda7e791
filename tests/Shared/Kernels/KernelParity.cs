using EdgeRuntime.Kernels;

namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>Runs variants of a family on the same random cases and compares them bit for bit with the last one, the reference.</summary>
public static class KernelParity
{
    /// <summary>Checks one variant.</summary>
    /// <param name="all">The family, reference last.</param>
    /// <param name="variant">Variant under test.</param>
    /// <param name="seed">First seed; each case has its own.</param>
    /// <param name="cases">Number of cases.</param>
    /// <param name="make">Makes a case from a random source.</param>
    /// <param name="run">Runs a variant on a case and returns its output.</param>
    /// <returns>A hash over all outputs, the same on every CPU.</returns>
    /// <exception cref="InvalidOperationException">The outputs differ.</exception>
    public static ulong Check<TVariant, TCase>(
        IReadOnlyList<TVariant> all, TVariant variant, int seed, int cases, Func<Random, TCase> make, Func<TVariant, TCase, sbyte[]> run)
        where TVariant : class, IKernelVariant
    {
        ulong hash = 14695981039346656037;
        for (int i = 0; i < cases; i++)
        {
            TCase problem = make(new Random(seed + i));
            sbyte[] expected = run(all[^1], problem);
            sbyte[] actual = run(variant, problem);
            for (int j = 0; j < expected.Length; j++)
            {
                if (expected[j] != actual[j])
                {
                    throw new InvalidOperationException(
                        $"{variant.Family} {variant.Name} seed {seed + i}: element {j} is {actual[j]}, not {expected[j]} ({problem})");
                }

                hash = (hash ^ (byte)actual[j]) * 1099511628211;
            }
        }

        return hash;
    }
}
