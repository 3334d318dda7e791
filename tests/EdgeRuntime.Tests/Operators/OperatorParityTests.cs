using EdgeRuntime.Kernels;
using EdgeRuntime.Tests.Shared.Operators;
using Xunit;

namespace EdgeRuntime.Tests.Operators;

/// <summary>Every variant that this CPU supports gives the bits of its reference.</summary>
public class OperatorParityTests
{
    public static TheoryData<string, string> Variants()
    {
        var data = new TheoryData<string, string>();
        foreach (OperatorFamily family in OperatorParity.Families)
        {
            foreach (IKernelVariant variant in family.Variants.Where(static v => v.IsSupported))
            {
                data.Add(family.Name, variant.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Equals_the_reference(string family, string variant)
    {
        OperatorFamily found = OperatorParity.Families.Single(f => f.Name == family);
        OperatorParity.Check(found, found.Variants.Single(v => v.Name == variant), firstSeed: 1, cases: 150);
    }

    [Fact]
    public void Registry_lists_end_with_the_reference()
    {
        Assert.All(KernelRegistry.Families, static family =>
        {
            Assert.Equal("reference", family[^1].Name);
            Assert.True(family[^1].IsSupported);
            Assert.Equal(family.Count, family.Select(static v => v.Name).Distinct().Count());
        });
    }
}
