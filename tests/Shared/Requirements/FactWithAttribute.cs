using Xunit;

namespace EdgeRuntime.Tests.Shared.Requirements;

/// <summary>A fact that is skipped, with the reason, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactWithAttribute : FactAttribute
{
    /// <param name="needs">All that must be there.</param>
    public FactWithAttribute(params Need[] needs)
    {
        if (Requirement.FirstMissing(needs) is { } reason)
        {
            Skip = reason;
        }
    }
}
