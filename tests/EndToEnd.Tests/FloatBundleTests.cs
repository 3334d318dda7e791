using System.Text.Json;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;
using ModelPacker.Evaluate;

namespace EndToEnd.Tests;

/// <summary>Fp32 bundles compute what ONNX Runtime computes, and on every CPU the same but for rounding.</summary>
public sealed class FloatBundleTests
{
    private const double Tolerance = 1e-3;

    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [InlineData("cifar10_nin")]
    [InlineData("cifar10_resnet20")]
    [InlineData("cifar10_resnet56")]
    [InlineData("mobilenet_v2_1.0_224.fp32")]
    [InlineData("squeezenet_v1.1")]
    [InlineData("tiny_pretrainedResnet")]
    [InlineData("ultraface_RFB-320")]
    [InlineData("yolo-fastest-1.1")]
    public void EqualsOnnxRuntime(string model)
    {
        using Network ours = Network.Open(Workshop.Fp32Bundle(model), null);
        using Network theirs = Network.Open(Workshop.SharedModel(model), null);
        using IPredictor actual = ours.CreatePredictor(ours.Spec!, "dense");
        using IPredictor expected = theirs.CreatePredictor(theirs.Spec!, "dense");
        Picture photograph = PictureReader.Read(Workshop.Photograph(model));
        float[] a = [.. actual.Predict(photograph)];
        float[] b = [.. expected.Predict(photograph)];
        Assert.Equal(b.Length, a.Length);

        // Relative to the largest value: the small ones among softmax shares are all rounding.
        double scale = b.Max(Math.Abs);
        double worst = a.Zip(b, (x, y) => Math.Abs((double)x - y)).Max();
        Assert.True(worst <= Tolerance * scale, $"differs by {worst} of {scale}");
    }

    [TheoryWith(Need.Programs, Need.SharedFiles, Need.Arm)]
    [InlineData("tiny_pretrainedResnet", "cortex-a53")]
    [InlineData("tiny_pretrainedResnet", "cortex-a72")]
    [InlineData("tiny_pretrainedResnet", "cortex-a76")]
    [InlineData("cifar10_resnet20", "cortex-a76")]
    public void AnswersTheSameOnArm(string model, string core)
    {
        (int Class, double Score)[] here = Scores(Machine.Native, model);
        (int Class, double Score)[] there = Scores(Machine.Arm(core), model);
        Assert.Equal(10, here.Length);
        Assert.Equal(here[0].Class, there[0].Class);
        foreach ((int index, double score) in here)
        {
            Assert.InRange(there.Single(s => s.Class == index).Score, score - Tolerance, score + Tolerance);
        }
    }

    private static (int Class, double Score)[] Scores(Machine machine, string model)
    {
        JsonElement image = Answers.Image(machine, [], Workshop.Fp32Bundle(model), Workshop.Photograph(model), "--top", "10");
        return [.. image.GetProperty("classes").EnumerateArray().Select(c => (c.GetProperty("class").GetInt32(), c.GetProperty("score").GetDouble()))];
    }
}
