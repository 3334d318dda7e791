using System.Diagnostics;
using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Requirements;
using ModelPacker.Import;
using ModelPacker.Pipeline;
using ModelPacker.Train;

namespace ModelPacker.Tests.Train;

/// <summary><c>tools/cifar-networks</c>, which writes the networks that are trained from scratch for the figures.</summary>
public sealed class CifarNetworksTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryWith(Need.Torch)]
    [InlineData("cifar10_alexnet", 6, 239)]
    [InlineData("cifar10_vgg16", 15, 313)]
    public void NetworksCanBeTrained(string name, int layers, int millions)
    {
        Assert.Equal((0, ""), Run(_folder.Path, name));
        string model = _folder.File(name + ".onnx");
        TrainableModel trainable = TrainableModel.Open(model, new ImportOptions());
        Assert.Equal(layers, trainable.Layers.Count);
        using Bundle bundle = trainable.ToBundle(ModelFile.FindSpec(model, null)!.ToJson());
        Assert.Equal(millions, Math.Round(bundle.Macs(bundle.Points[0]) / 1e6));
    }

    [FactWith(Need.Torch)]
    public void AnUnknownNetworkIsRefusedByName()
    {
        (int code, string message) = Run(_folder.Path, "cifar10_vgg19");
        Assert.Equal(2, code);
        Assert.Contains("there is no network 'cifar10_vgg19'; there are cifar10_alexnet, cifar10_vgg16", message, StringComparison.Ordinal);
    }

    private static (int Code, string Messages) Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Requirement.Python, [Path.Combine(Requirement.Root, "tools", "cifar-networks"), .. arguments]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, messages);
    }
}
