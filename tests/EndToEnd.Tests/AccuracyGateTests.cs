using System.Text.Json;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Int8 bundles answer as the networks that they were made of, measured on part of the test pictures.</summary>
public sealed class AccuracyGateTests
{
    // The bound is what ONNX Runtime's static quantisation reaches after calibration on the same 500 pictures. On fewer test pictures than
    // these, one more or less would decide.
    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [InlineData("cifar10_nin", 500, 2000, 98.9)]
    public void AgreesWithFp32(string model, int calibration, int pictures, double least)
        => Assert.InRange(Eval(model, calibration, pictures).GetProperty("agreement").GetDouble(), least, 100);

    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [InlineData("tiny_pretrainedResnet_quant.qdq", 200, 500)]
    [InlineData("mobilenet_v2_1.0_224.qdq", 200, 650)]
    public void QuantisedNetworksAnswerAsInOnnxRuntime(string model, int calibration, int pictures)
    {
        JsonElement eval = Eval(model, calibration, pictures);
        Assert.Equal(pictures, eval.GetProperty("n").GetInt32());
        Assert.InRange(eval.GetProperty("agreement").GetDouble(), 99, 100);
        Assert.InRange(eval.GetProperty("cosine").GetDouble(), 0.999, 1.00001);
    }

    private static JsonElement Eval(string model, int calibration, int pictures)
        => Programs.Modelpacker("eval", Workshop.Int8Bundle(model, calibration), "--images", Workshop.TestPictures(model), "--limit", $"{pictures}",
            "--against", Workshop.SharedModel(model), "--json").Json("modelpacker.eval");
}
