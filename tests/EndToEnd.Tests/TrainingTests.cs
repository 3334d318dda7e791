using System.Text.Json;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>A network that is trained, made thinner, packed and run, by the programs that people get.</summary>
public sealed class TrainingTests
{
    [FactWith(Need.Programs)]
    public void TheDemoNetworkLearnsFromScratchAndRunsThinner()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Workshop.Folder, "training")).FullName;
        string model = Path.Combine(folder, "learnt.onnx");
        JsonElement train = Programs.Modelpacker("train", Workshop.DemoModel, "--data", Workshop.ManyPartPictures, "--init", "--epochs", "12", "--batch", "32", "-o", model, "--json").Json("modelpacker.train");
        double before = train.GetProperty("before").GetProperty("top1").GetDouble();
        double after = train.GetProperty("after").GetProperty("top1").GetDouble();
        Assert.Equal(80, train.GetProperty("after").GetProperty("n").GetInt32());
        Assert.True(after > before + 15 && after > 60, $"{before} → {after}");

        string thin = Path.Combine(folder, "thin.edge");
        JsonElement pack = Programs.Modelpacker("pack", model, "--calibration", Workshop.PartPictures(80, 13), "--low-rank", "1.3", "-o", thin, "--json").Json("modelpacker.pack");
        JsonElement whole = Programs.Modelpacker("inspect", Workshop.DemoBundle, "--json").Json("modelpacker.inspect");
        Assert.NotEmpty(pack.GetProperty("low_rank").EnumerateArray());
        double dense = whole.GetProperty("points")[0].GetProperty("macs").GetDouble();
        Assert.InRange(dense / pack.GetProperty("macs").GetDouble(), 1.3, 2);
        Assert.True(Programs.Edgert("verify", thin, "--json").Json("edgert.verify").GetProperty("ok").GetBoolean());

        // Other pictures than those that it learnt from.
        double exact = Programs.Modelpacker("eval", model, "--images", Workshop.PartPictures(200, 11), "--json").Json("modelpacker.eval").GetProperty("top1").GetDouble();
        double thinner = Programs.Modelpacker("eval", thin, "--images", Workshop.PartPictures(200, 11), "--json").Json("modelpacker.eval").GetProperty("top1").GetDouble();
        Assert.True(exact > 60 && thinner > exact - 10, $"{exact}, thinner {thinner}");
    }
}
