using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Requirements;
using ModelPacker.Emit;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Lower;
using ModelPacker.Pipeline;

namespace ModelPacker.Tests.Gradients;

/// <summary>Loss and gradients of whole trained networks against PyTorch, in double precision.</summary>
public class TorchTests
{
    [TheoryWith(Need.SharedFiles, Need.Torch)]
    [InlineData("cifar10_nin")]
    [InlineData("cifar10_resnet20")]
    public void GradientsAreThoseOfPyTorch(string name)
    {
        const int pictures = 3;
        string path = Requirement.SharedFile("models", name + ".onnx");
        using Bundle bundle = FloatEmitter.Emit(Lowering.Lower(ModelFile.ReadGraph(path, null)), []);
        float[] values = GradientCheck.Fill(new Random(1), pictures * 3 * 32 * 32);
        int[] labels = [3, 9, 0];
        double[] expected = Torch(path, values, labels);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientBatch batch = new(network, 2, 2);
        double loss = batch.Accumulate(0, [ToRows(bundle.Inputs[0], values, pictures)], pictures, new SoftmaxCrossEntropy(labels));
        Assert.Equal(expected[0], loss, 1e-4 * Math.Abs(expected[0]));
        int at = 1;
        foreach (Parameter parameter in network.Parameters)
        {
            ReadOnlySpan<double> gradient = expected.AsSpan(at, parameter.Gradient.Length);
            double norm = Math.Sqrt(SquareSum(gradient));
            double error = 0;
            for (int i = 0; i < gradient.Length; i++)
            {
                error += Math.Pow(gradient[i] - parameter.Gradient[i], 2);
            }

            Assert.True(Math.Sqrt(error) <= 1e-4 * norm, $"{parameter.Kind} of '{parameter.Name}': the error is {Math.Sqrt(error)}, the norm {norm}");
            at += gradient.Length;
        }

        Assert.Equal(expected.Length, at);
    }

    private static double SquareSum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return sum;
    }

    private static float[] ToRows(Port port, float[] values, int pictures)
    {
        PortLayout layout = PortLayout.Of(port);
        float[] rows = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            rows[(i / layout.Count * layout.Count) + layout.ToRows(i % layout.Count)] = values[i];
        }

        Assert.Equal(values.Length, pictures * layout.Count);
        return rows;
    }

    private static double[] Torch(string model, float[] values, int[] labels)
    {
        using TestFolder folder = new();
        string input = Path.Combine(folder.Path, "input");
        string output = Path.Combine(folder.Path, "output");
        File.WriteAllBytes(input, MemoryMarshal.AsBytes(values.AsSpan()));
        string script = Path.Combine(Requirement.Root, "tests", "ModelPacker.Tests", "Gradients", "torch-gradients.py");
        using Process process = Process.Start(new ProcessStartInfo(Requirement.Python, [script, model, input, string.Join(',', labels), output]) { RedirectStandardError = true })!;
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, messages);
        return MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(output)).ToArray();
    }
}
