using Xunit;

namespace EdgeRuntime.Tests.Sessions;

/// <summary>Tests that set the kernel variables of the process: they run alone.</summary>
[CollectionDefinition(nameof(KernelVariables), DisableParallelization = true)]
public sealed class KernelVariables
{
    /// <summary>Runs <paramref name="make"/> with a forced kernel.</summary>
    public static T Forced<T>(string kernel, Func<T> make)
    {
        string? before = Environment.GetEnvironmentVariable("EDGERT_FORCE_KERNEL");
        Environment.SetEnvironmentVariable("EDGERT_FORCE_KERNEL", kernel);
        try
        {
            return make();
        }
        finally
        {
            Environment.SetEnvironmentVariable("EDGERT_FORCE_KERNEL", before);
        }
    }
}
