using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Bundles;

public sealed class BundleRoundTripTests
{
    public static TheoryData<Bundle> Networks() => new([.. Enumerable.Range(0, 6).Select(i => RandomNetwork.Create(i)), EveryStepNetwork.Create()]);

    [Theory]
    [MemberData(nameof(Networks), DisableDiscoveryEnumeration = true)]
    public void WhatIsWrittenIsRead(Bundle bundle)
    {
        bundle.Points[0].GoldenHash = ulong.MaxValue;
        bundle.Points[0].Figures["top1"] = 71.25;
        byte[] file = BundleBytes.Of(bundle);
        using Bundle read = BundleReader.Read(file);
        Assert.Equal(bundle.Name, read.Name);
        Assert.Equal(bundle.Producer, read.Producer);
        Assert.Equal(bundle.Maps, read.Maps);
        Assert.Equal(bundle.Blobs, read.Blobs);
        Assert.Equal(bundle.Tables, read.Tables);
        Assert.Equal(bundle.Steps.Select(Text), read.Steps.Select(Text));
        Assert.Equal(bundle.Steps.Select(s => s.Inputs), read.Steps.Select(s => s.Inputs));
        Assert.Equal(bundle.Inputs.Select(Text), read.Inputs.Select(Text));
        Assert.Equal(bundle.Outputs.Select(p => p.Dims), read.Outputs.Select(p => p.Dims));
        Assert.Equal(bundle.Points.Select(p => p.Name), read.Points.Select(p => p.Name));
        Assert.Equal(bundle.Points.Select(p => p.Rows), read.Points.Select(p => p.Rows));
        Assert.Equal(bundle.Points.Select(p => p.Tables), read.Points.Select(p => p.Tables));
        Assert.Equal(bundle.Points.Select(p => p.Constants), read.Points.Select(p => p.Constants));
        Assert.Equal(ulong.MaxValue, read.Points[0].GoldenHash);
        Assert.Equal(71.25, read.Points[0].Figures["top1"]);
        Assert.Equal(Weights(bundle), Weights(read));
        Assert.Equal(file, BundleBytes.Of(read));
    }

    [Fact]
    public void FilesAreReadLikeMemory()
    {
        string path = Path.Combine(Path.GetTempPath(), $"edgert-test-{Guid.NewGuid():n}.edge");
        try
        {
            using Bundle bundle = EveryStepNetwork.Create();
            BundleWriter.Save(bundle, path);
            using Bundle read = BundleReader.Open(path);
            Assert.Equal(Weights(bundle), Weights(read));
            Assert.Equal(["model", "tables", "points", "weights"], read.Sections.Select(s => s.Name));
            Assert.Equal(new FileInfo(path).Length, read.Sections[^1].Start + read.Sections[^1].Length);
            Assert.Empty(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(path) + ".*.tmp"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void SectionsForToolsAreReadOnDemandOnly()
    {
        string path = Path.Combine(Path.GetTempPath(), $"edgert-test-{Guid.NewGuid():n}.edge");
        try
        {
            using Bundle bundle = EveryStepNetwork.Create();
            int index = Array.FindIndex(bundle.Steps, s => s is ConvolutionStep { Scales: >= 0 });
            ConvolutionStep step = (ConvolutionStep)bundle.Steps[index];
            BundleWriter.Save(bundle.Constants(new StepConstants(index, step.Bias, step.Scales)).WithExtra(new BundleExtra("sketch", [0xA1, 0x78])), path);
            using Bundle read = BundleReader.Open(path);
            Assert.Equal([new StepConstants(index, step.Bias, step.Scales)], read.Points[0].Constants);
            Assert.Empty(read.Extras);
            Assert.Equal([0xA1, 0x78], BundleReader.ReadExtra(path, "sketch"));
            Assert.Null(BundleReader.ReadExtra(path, "other"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void OtherFilesAreNamedAsSuch()
    {
        Assert.Contains("no EdgeRuntime bundle", Refusal([]), StringComparison.Ordinal);
        Assert.Contains("no EdgeRuntime bundle", Refusal([0x89, (byte)'P', (byte)'N', (byte)'G']), StringComparison.Ordinal);
        Assert.Contains("Cannot open", Assert.Throws<BundleException>(() => BundleReader.Open("/nowhere/model.edge")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NewerFormatsAreNamedAsSuch()
    {
        (string, byte[])[] sections = BundleBytes.Split(BundleBytes.Of(EveryStepNetwork.Create()));
        Assert.Contains("Use a newer edgert", Refusal(BundleBytes.Join(sections, major: 2)), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownSectionsAreSkipped()
    {
        (string, byte[])[] sections = BundleBytes.Split(BundleBytes.Of(EveryStepNetwork.Create()));
        using Bundle bundle = BundleReader.Read(BundleBytes.Join([("later", [0xC0]), .. sections]));
        Assert.Equal(5, bundle.Sections.Count);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("tables")]
    [InlineData("points")]
    public void BytesBehindASectionsValueAreRefused(string name)
    {
        (string Name, byte[] Bytes)[] sections = BundleBytes.Split(BundleBytes.Of(EveryStepNetwork.Create()));
        int index = Array.FindIndex(sections, s => s.Name == name);
        sections[index].Bytes = [.. sections[index].Bytes, 0];
        Assert.Contains($"'{name}'", Refusal(BundleBytes.Join(sections)), StringComparison.Ordinal);
    }

    [Fact]
    public void MissingAndDoubledSectionsAreRefused()
    {
        (string Name, byte[] Bytes)[] sections = BundleBytes.Split(BundleBytes.Of(EveryStepNetwork.Create()));
        for (int i = 0; i < sections.Length; i++)
        {
            Assert.Contains("no section", Refusal(BundleBytes.Join([.. sections.Where((_, k) => k != i)])), StringComparison.Ordinal);
            Assert.Contains("two sections", Refusal(BundleBytes.Join([.. sections, sections[i]])), StringComparison.Ordinal);
        }
    }

    private static string Refusal(byte[] file) => Assert.Throws<BundleException>(() => BundleReader.Read(file)).Message;

    private static string Text(Step step) => (step with { Inputs = [] }).ToString();

    private static string Text(Port port) => (port with { Dims = [] }).ToString();

    private static byte[] Weights(Bundle bundle)
    {
        byte[] bytes = new byte[bundle.Weights.Length];
        bundle.Weights.Read(0, bytes);
        return bytes;
    }
}
