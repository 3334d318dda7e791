using System.Numerics.Tensors;
using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Requirements;
using ModelPacker.Emit;
using ModelPacker.Gradients;
using ModelPacker.Lower;
using ModelPacker.Pipeline;

namespace ModelPacker.Tests.Gradients;

public class RealNetworkTests
{
    [TheoryWith(Need.SharedFiles)]
    [InlineData("cifar10_resnet56")]
    [InlineData("mobilenet_v2_1.0_224.fp32")]
    [InlineData("mobilenet_v2_1.0_224.qdq")]
    [InlineData("squeezenet_v1.1")]
    [InlineData("tiny_pretrainedResnet")]
    [InlineData("tiny_pretrainedResnet_quant.qdq")]
    [InlineData("ultraface_RFB-320")]
    [InlineData("yolo-fastest-1.1")]
    public void CanBeDifferentiated(string name)
    {
        string path = Requirement.SharedFile("models", name + ".onnx");
        using Bundle bundle = FloatEmitter.Emit(Lowering.Lower(ModelFile.ReadGraph(path, null)), []);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientRun run = network.CreateRun(0, 1);
        Random random = new(1);
        foreach (ref float value in run.Input(0))
        {
            value = random.NextSingle();
        }

        double before = Loss();
        run.Backward();
        run.CollectGradients();
        Assert.All(network.Parameters, p => Assert.DoesNotContain(p.Gradient, g => !float.IsFinite(g)));

        // Small steps along the gradient change the loss by as much as the gradient says of what the numbers really moved.
        double norm = network.Parameters.Sum(p => p.Gradient.Sum(g => (double)g * g));
        Assert.True(norm > 0);
        float step = (float)(3e-4 * Math.Max(1e-2, Math.Abs(before)) / norm);
        (double expectedUp, double up) = Moved(step);
        (double expectedDown, double down) = Moved(-step);
        Assert.Equal(expectedUp - expectedDown, up - down, 0.05 * Math.Abs(expectedUp - expectedDown));

        (double Expected, double Loss) Moved(float by)
        {
            float[][] kept = [.. network.Parameters.Select(p => (float[])[.. p.Values])];
            double expected = 0;
            for (int p = 0; p < kept.Length; p++)
            {
                Parameter parameter = network.Parameters[p];
                TensorPrimitives.MultiplyAdd(parameter.Gradient, by, parameter.Values, parameter.Values);
                for (int i = 0; i < kept[p].Length; i++)
                {
                    expected += (double)parameter.Gradient[i] * ((double)parameter.Values[i] - kept[p][i]);
                }
            }

            network.ParametersChanged();
            double loss = Loss();
            for (int p = 0; p < kept.Length; p++)
            {
                kept[p].CopyTo(network.Parameters[p].Values, 0);
            }

            return (expected, loss);
        }

        double Loss()
        {
            run.Forward(1);
            return new Projection(1).Evaluate(run, 1);
        }
    }
}
