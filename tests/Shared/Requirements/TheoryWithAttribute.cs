using Xunit;

namespace EdgeRuntime.Tests.Shared.Requirements;

/// <summary>A theory that is skipped as a whole, with the reason, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TheoryWithAttribute : TheoryAttribute
{
    /// <param name="needs">All that must be there.</param>
    public TheoryWithAttribute(params Need[] needs)
    {
        if (Requirement.FirstMissing(needs) is { } reason)
        {
            Skip = reason;
        }
    }
}
