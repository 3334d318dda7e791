using System.Formats.Tar;
using System.Text.Json;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>The repository's own model, from the ONNX file to answers, on pictures that it has not seen.</summary>
public sealed class DemoModelTests
{
    private const double LeastTop1 = 97;

    [FactWith(Need.Programs)]
    public void KnowsTheParts()
    {
        JsonElement eval = Programs.Modelpacker("eval", Workshop.DemoBundle, "--images", Workshop.ManyPartPictures, "--against", Workshop.DemoModel, "--min-top1", $"{LeastTop1}", "--json")
            .Json("modelpacker.eval");
        Assert.Equal(800, eval.GetProperty("n").GetInt32());
        Assert.InRange(eval.GetProperty("top1").GetDouble(), LeastTop1, 100);
        Assert.InRange(eval.GetProperty("top5").GetDouble(), eval.GetProperty("top1").GetDouble(), 100);
        Assert.InRange(eval.GetProperty("agreement").GetDouble(), 99, 100);
    }

    [FactWith(Need.Programs)]
    public void TheGateEndsWithFour()
    {
        Outcome outcome = Programs.Modelpacker("eval", Workshop.DemoBundle, "--images", Workshop.PartPictures(80, 13), "--min-top1", "100.1", "--json");
        Assert.Equal(4, outcome.Code);
        Assert.StartsWith("error: top-1", outcome.Messages, StringComparison.Ordinal);
        Assert.Equal(80, outcome.Document("modelpacker.eval").GetProperty("n").GetInt32());
    }

    [FactWith(Need.Programs)]
    public void EveryFormOfAPictureSetGivesTheSame()
    {
        string labelled = Workshop.PartPictures(80, 13);
        string folders = Path.Combine(Workshop.Folder, "folders-only");
        CopyTree(labelled, folders);
        File.Delete(Path.Combine(folders, "labels.csv"));
        string labelledTar = Path.Combine(Workshop.Folder, "labelled.tar");
        TarFile.CreateFromDirectory(labelled, labelledTar, includeBaseDirectory: false);
        string foldersTar = Path.Combine(Workshop.Folder, "folders.tar");
        TarFile.CreateFromDirectory(folders, foldersTar, includeBaseDirectory: true);

        // Labels count up by the classes in sorted order, so that all classes moved by one can not be right.
        string wrong = Path.Combine(Workshop.Folder, "wrong.csv");
        File.WriteAllLines(wrong, File.ReadLines(Path.Combine(labelled, "labels.csv"))
            .Select(l => l.Split(',')).Select(p => int.TryParse(p[1], out int label) ? $"{p[0]},{(label + 1) % 8}" : string.Join(',', p)));

        int hits = Hits(labelled);
        Assert.InRange(hits, 76, 80);
        Assert.Equal(hits, Hits(folders));
        Assert.Equal(hits, Hits(labelledTar));
        Assert.Equal(hits, Hits(foldersTar));
        Assert.Equal(hits, Hits(folders, "--labels", Path.Combine(labelled, "labels.csv")));
        Assert.InRange(Hits(labelled, "--labels", wrong), 0, 80 - hits);
        Assert.Equal(10, Eval(labelled, "--limit", "10").GetProperty("n").GetInt32());
        JsonElement onnx = Programs.Modelpacker("eval", Workshop.DemoModel, "--images", labelled, "--json").Json("modelpacker.eval");
        Assert.InRange(onnx.GetProperty("top1_hits").GetInt32(), 76, 80);
    }

    [FactWith(Need.Programs)]
    public void TheSidecarIsFoundByItselfAndTravelsInTheBundle()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Workshop.Folder, "sidecar")).FullName;
        string model = Path.Combine(folder, "net.onnx");
        string bundle = Path.Combine(folder, "net.edge");
        string sidecar = Path.ChangeExtension(Workshop.DemoModel, ".json");
        File.Copy(Workshop.DemoModel, model);

        Programs.Modelpacker("pack", model, "--precision", "fp32", "-o", bundle, "--json").Json("modelpacker.pack");
        Programs.Edgert("run", bundle, Workshop.PartPicture).IsError(3, "input specification");

        Programs.Modelpacker("pack", model, "--precision", "fp32", "--input-spec", sidecar, "-o", bundle, "--json").Json("modelpacker.pack");
        string named = Label(bundle);

        File.Copy(sidecar, Path.ChangeExtension(model, ".json"));
        Programs.Modelpacker("pack", model, "--precision", "fp32", "-o", bundle, "--json").Json("modelpacker.pack");
        File.Delete(Path.ChangeExtension(model, ".json"));
        Assert.Equal(named, Label(bundle));
        Assert.Equal(Path.GetFileName(Path.GetDirectoryName(Workshop.PartPicture)), named);
    }

    [FactWith(Need.Programs)]
    public void PackingTwiceGivesTheSameBytes()
    {
        string again = Path.Combine(Workshop.Folder, "conveyor-again.edge");
        Programs.Modelpacker("pack", Workshop.DemoModel, "--calibration", Workshop.PartPictures(200, 11), "-o", again, "--json").Json("modelpacker.pack");
        Assert.True(Programs.Modelpacker("diff", Workshop.DemoBundle, again, "--json").Json("modelpacker.diff").GetProperty("identical").GetBoolean());
    }

    private static string Label(string bundle)
        => Programs.Edgert("run", bundle, Workshop.PartPicture, "--json").Json("edgert.run").GetProperty("images")[0].GetProperty("classes")[0].GetProperty("label").GetString()!;

    private static int Hits(string images, params string[] options) => Eval(images, options).GetProperty("top1_hits").GetInt32();

    private static JsonElement Eval(string images, params string[] options)
        => Programs.Modelpacker(["eval", Workshop.DemoBundle, "--images", images, .. options, "--json"]).Json("modelpacker.eval");

    private static void CopyTree(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
