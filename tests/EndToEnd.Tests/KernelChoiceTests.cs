using System.Text.Json;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Neither the kernel variant nor the number of threads changes an int8 answer.</summary>
public sealed class KernelChoiceTests
{
    [FactWith(Need.Programs)]
    public void EveryVariantGivesTheSameHash() => CompareVariants(Machine.Native, Workshop.DemoBundle, Workshop.PartPicture);

    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [InlineData("tiny_pretrainedResnet")]
    [InlineData("cifar10_nin")]
    [InlineData("mobilenet_v2_1.0_224.qdq")]
    public void EveryVariantGivesTheSameHashOnTrainedModels(string model)
        => CompareVariants(Machine.Native, Workshop.Int8Bundle(model), Workshop.Photograph(model));

    [TheoryWith(Need.Programs, Need.Arm)]
    [InlineData("cortex-a53")]
    [InlineData("cortex-a76")]
    public void EveryVariantGivesTheSameHashOnArm(string core) => CompareVariants(Machine.Arm(core), Workshop.DemoBundle, Workshop.PartPicture);

    [FactWith(Need.Programs)]
    public void EveryThreadCountGivesTheSameHash() => CompareThreads(Machine.Native, Workshop.DemoBundle, Workshop.PartPicture);

    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [InlineData("squeezenet_v1.1")]
    [InlineData("ultraface_RFB-320")]
    public void EveryThreadCountGivesTheSameHashOnTrainedModels(string model)
        => CompareThreads(Machine.Native, Workshop.Int8Bundle(model), Workshop.Photograph(model));

    [FactWith(Need.Programs, Need.Arm)]
    public void EveryThreadCountGivesTheSameHashOnArm() => CompareThreads(Machine.Arm("cortex-a76"), Workshop.DemoBundle, Workshop.PartPicture);

    private static void CompareVariants(Machine machine, string bundle, string picture)
    {
        string[] variants = Variants(machine);
        Assert.Contains("reference", variants);
        Assert.True(variants.Length >= 3, string.Join(' ', variants));
        string expected = Answers.Hash(machine, [], bundle, picture);
        foreach (string variant in variants)
        {
            Assert.Equal((variant, expected), (variant, Answers.Hash(machine, [("EDGERT_FORCE_KERNEL", variant)], bundle, picture)));
        }
    }

    private static void CompareThreads(Machine machine, string bundle, string picture)
    {
        string expected = Answers.Hash(machine, [], bundle, picture, "--threads", "1");
        for (int threads = 2; threads <= 4; threads++)
        {
            Assert.Equal((threads, expected), (threads, Answers.Hash(machine, [], bundle, picture, "--threads", $"{threads}")));
        }
    }

    // Of the families that work on int8; the order of additions, and so the last bit, may differ between those of fp32.
    private static string[] Variants(Machine machine)
        => [.. Programs.Edgert(machine, "kernels", "--json").Json("edgert.kernels").GetProperty("families").EnumerateArray()
            .Where(f => !f.GetProperty("family").GetString()!.EndsWith("-f32", StringComparison.Ordinal))
            .SelectMany(f => f.GetProperty("variants").EnumerateArray())
            .Where(v => v.GetProperty("supported").GetBoolean())
            .Select(v => v.GetProperty("name").GetString()!).Distinct()];
}
