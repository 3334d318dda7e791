using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Tests.Shared.Kernels;
using Xunit;

namespace EdgeRuntime.Tests.Convolution;

public sealed class ConvolutionS8ParityTests
{
    public static TheoryData<string> Variants => [.. ConvolutionS8Kernels.All.Where(k => k.IsSupported).Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void MatchesReference(string name)
    {
        ConvolutionKernel<sbyte> kernel = ConvolutionS8Kernels.All.Single(k => k.Name == name);
        KernelParity.Check(ConvolutionS8Kernels.All, kernel, 1000, 500, ConvolutionS8Case.Random, (k, c) => c.Run(k));
    }

    [Fact]
    public void ListEndsWithReferenceAndNamesAreUnique()
    {
        Assert.Equal("reference", ConvolutionS8Kernels.All[^1].Name);
        Assert.Equal(ConvolutionS8Kernels.All.Count, ConvolutionS8Kernels.All.Select(k => k.Name).Distinct().Count());
        Assert.All(ConvolutionS8Kernels.All, k => Assert.Equal("convolution-s8", k.Family));
        Assert.Equal("reference", KernelSelection.Select(ConvolutionS8Kernels.All, "reference", null).Name);
    }
}
