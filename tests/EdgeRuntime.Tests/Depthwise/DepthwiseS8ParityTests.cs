using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Depthwise;
using EdgeRuntime.Tests.Shared.Kernels;
using Xunit;

namespace EdgeRuntime.Tests.Depthwise;

public sealed class DepthwiseS8ParityTests
{
    public static TheoryData<string> Variants => [.. DepthwiseS8Kernels.All.Where(k => k.IsSupported()).Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatchesReference(string name)
    {
        KernelVariant<DepthwiseArgs<sbyte>> kernel = DepthwiseS8Kernels.All.Single(k => k.Name == name);
        KernelParity.Check(DepthwiseS8Kernels.All, kernel, 2000, 500, DepthwiseS8Case.Random, (k, c) => c.Run(k));
    }

    [Fact]
    public void ListEndsWithReferenceAndNamesAreUnique()
    {
        Assert.Equal("reference", DepthwiseS8Kernels.All[^1].Name);
        Assert.Equal(DepthwiseS8Kernels.All.Count, DepthwiseS8Kernels.All.Select(k => k.Name).Distinct().Count());
        Assert.All(DepthwiseS8Kernels.All, k => Assert.Equal("depthwise-s8", k.Family));
    }
}
