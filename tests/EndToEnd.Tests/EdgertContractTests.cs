using System.Text.Json;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>The command line of edgert as callers rely on it, on this machine and on every emulated board core.</summary>
public sealed class EdgertContractTests
{
    private static readonly Dictionary<string, Action<Machine>> Promises = new()
    {
        [nameof(BrokenBundlesEndWithThree)] = BrokenBundlesEndWithThree,
        [nameof(WrongArgumentsEndWithTwo)] = WrongArgumentsEndWithTwo,
        [nameof(BrokenPicturesAreReportedInTheirPlace)] = BrokenPicturesAreReportedInTheirPlace,
        [nameof(RunAnswersAsOneDocument)] = RunAnswersAsOneDocument,
        [nameof(RunAnnotates)] = RunAnnotates,
        [nameof(BenchTellsItsFigures)] = BenchTellsItsFigures,
        [nameof(ProfileTellsEveryStep)] = ProfileTellsEveryStep,
        [nameof(InspectTellsWhatABundleHolds)] = InspectTellsWhatABundleHolds,
        [nameof(VerifyComparesWithThePacker)] = VerifyComparesWithThePacker,
        [nameof(KernelsTellsWhatRuns)] = KernelsTellsWhatRuns,
        [nameof(TextGoesToStdoutAlone)] = TextGoesToStdoutAlone,
        [nameof(FlagsBeatTheEnvironment)] = FlagsBeatTheEnvironment,
        [nameof(AnInterruptionEndsWith130)] = AnInterruptionEndsWith130,
    };

    public static TheoryData<string> Names() => [.. Promises.Keys];

    public static TheoryData<string, string> NamesOnCores()
    {
        TheoryData<string, string> rows = [];
        foreach (string core in Machine.ArmCores)
        {
            foreach (string name in Promises.Keys)
            {
                rows.Add(core, name);
            }
        }

        return rows;
    }

    [TheoryWith(Need.Programs)]
    [MemberData(nameof(Names))]
    public void HoldsHere(string promise) => Promises[promise](Machine.Native);

    [TheoryWith(Need.Programs, Need.Arm)]
    [MemberData(nameof(NamesOnCores))]
    public void HoldsOnArm(string core, string promise) => Promises[promise](Machine.Arm(core));

    private static void BrokenBundlesEndWithThree(Machine machine)
    {
        foreach ((string path, string text) in BrokenBundles.Of(Workshop.DemoBundle))
        {
            Programs.Edgert(machine, "verify", path).IsError(3, text);
            Programs.Edgert(machine, "run", path, Workshop.PartPicture, "--json").IsError(3, Path.GetFileName(path));
        }

        foreach (string verb in (string[])["bench", "profile", "inspect"])
        {
            Programs.Edgert(machine, verb, Workshop.PartPicture).IsError(3, "no EdgeRuntime bundle");
        }
    }

    private static void WrongArgumentsEndWithTwo(Machine machine)
    {
        string bundle = Workshop.DemoBundle;
        Programs.Edgert(machine, "run", bundle, Workshop.PartPicture, "--point", "nosuch").IsError(2, "dense");
        Programs.Edgert(machine, "bench", bundle, "--nosuch").IsError(2, "--nosuch");
        Programs.Edgert(machine, "bench", bundle, "--threads", "0").IsError(2, "from 1 to 64");
        Programs.Edgert(machine, "run", bundle).IsError(2, "at least one picture");
        Programs.Edgert(machine, "nosuch").IsError(2, "edgert --help");
        Outcome nothing = Programs.Edgert(machine);
        Assert.Equal((2, ""), (nothing.Code, nothing.Data));
        Assert.Contains("Verbs:", nothing.Messages, StringComparison.Ordinal);
    }

    private static void BrokenPicturesAreReportedInTheirPlace(Machine machine)
    {
        string missing = Path.Combine(Workshop.Folder, "nosuch.png");
        Outcome outcome = Programs.Edgert(machine, "run", Workshop.DemoBundle, Workshop.DemoBundle, Workshop.PartPicture, missing, "--json");
        Assert.Equal(2, outcome.Code);
        JsonElement[] images = [.. outcome.Document("edgert.run").GetProperty("images").EnumerateArray()];
        Assert.Equal(3, images.Length);
        foreach (int i in (int[])[0, 2])
        {
            foreach (string name in (string[])["what", "where", "how"])
            {
                Assert.NotEmpty(images[i].GetProperty("error").GetProperty(name).GetString()!);
            }
        }

        Assert.NotEmpty(images[1].GetProperty("classes").EnumerateArray());
        Programs.Edgert(machine, "run", Workshop.DemoBundle, missing).IsError(2, missing);
    }

    private static void RunAnswersAsOneDocument(Machine machine)
    {
        Outcome outcome = Programs.Edgert(machine, "run", Workshop.DemoBundle, Workshop.PartPicture, "--top", "3", "--threads", "2", "--json");
        JsonElement root = outcome.Json("edgert.run");
        Assert.Empty(outcome.Messages);
        Assert.Equal("dense", root.GetProperty("point").GetString());
        Assert.Equal(2, root.GetProperty("threads").GetInt32());
        Assert.True(root.GetProperty("load_ms").GetDouble() > 0);
        JsonElement image = root.GetProperty("images")[0];
        Assert.Equal(Workshop.PartPicture, image.GetProperty("file").GetString());
        Assert.Equal(64, image.GetProperty("width").GetInt32());
        Assert.True(image.GetProperty("inference_ms").GetDouble() > 0);
        Assert.Matches("^[0-9a-f]{16}$", image.GetProperty("output_hash").GetString());
        JsonElement[] classes = [.. image.GetProperty("classes").EnumerateArray()];
        Assert.Equal(3, classes.Length);

        // The generator names the folder of a picture after the part on it.
        Assert.Equal(Path.GetFileName(Path.GetDirectoryName(Workshop.PartPicture)), classes[0].GetProperty("label").GetString());
        Assert.InRange(classes[0].GetProperty("score").GetDouble(), 0.5, 1);
    }

    private static void RunAnnotates(Machine machine)
    {
        string target = Path.Combine(Workshop.Folder, $"annotated-{Guid.NewGuid():n}.png");
        JsonElement root = Programs.Edgert(machine, "run", Workshop.DemoBundle, Workshop.PartPicture, "--annotate", target, "--json").Json("edgert.run");
        Assert.Equal(target, root.GetProperty("images")[0].GetProperty("annotated").GetString());
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(target)[..4]);
        Picture before = PictureReader.Read(Workshop.PartPicture);
        Picture after = PictureReader.Read(target);
        Assert.Equal(0, after.Width % before.Width);
        Assert.True(after.Height >= before.Height);
        File.Delete(target);
    }

    private static void BenchTellsItsFigures(Machine machine)
    {
        JsonElement root = Programs.Edgert(machine, "bench", Workshop.DemoBundle, "--threads", "1", "--runs", "3", "--warmup", "1", "--json").Json("edgert.bench");
        Assert.Equal(3, root.GetProperty("runs").GetInt32());
        Assert.Equal(1, root.GetProperty("threads").GetInt32());
        foreach (string name in (string[])["median_ms", "min_ms", "macs", "peak_bytes", "load_ms"])
        {
            double value = root.GetProperty(name).GetDouble();
            Assert.True(value > 0, name);
            Assert.Equal(value, root.GetProperty("results")[0].GetProperty(name).GetDouble());
        }

        Assert.True(root.GetProperty("min_ms").GetDouble() <= root.GetProperty("median_ms").GetDouble());
    }

    private static void ProfileTellsEveryStep(Machine machine)
    {
        string trace = Path.Combine(Workshop.Folder, $"trace-{Guid.NewGuid():n}.json");
        JsonElement root = Programs.Edgert(machine, "profile", Workshop.DemoBundle, "--runs", "2", "--trace", trace, "--json").Json("edgert.profile");
        JsonElement[] steps = [.. root.GetProperty("steps").EnumerateArray()];
        Assert.Contains(steps, s => s.GetProperty("kind").GetString()!.StartsWith("convolution", StringComparison.Ordinal) && s.GetProperty("macs").GetDouble() > 0);
        Assert.All(steps, s =>
        {
            Assert.NotEmpty(s.GetProperty("kernel").GetString()!);
            Assert.True(s.GetProperty("rows").GetInt32() > 0);
            Assert.True(s.GetProperty("median_ms").GetDouble() >= 0);
        });
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(trace));
        JsonElement[] events = [.. document.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.All(steps, s => Assert.Contains(events, e => e.GetProperty("name").GetString()!.Contains(s.GetProperty("name").GetString()!, StringComparison.Ordinal)));
        File.Delete(trace);
    }

    private static void InspectTellsWhatABundleHolds(Machine machine)
    {
        JsonElement root = Programs.Edgert(machine, "inspect", Workshop.DemoBundle, "--json").Json("edgert.inspect");
        Assert.Equal([1, 3, 64, 64], root.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()));
        Assert.Equal([1, 8], root.GetProperty("outputs")[0].GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()));
        Assert.NotEqual(JsonValueKind.Null, root.GetProperty("input_spec").ValueKind);
        Assert.Equal("dense", root.GetProperty("points")[0].GetProperty("name").GetString());
        Assert.NotEmpty(root.GetProperty("steps").EnumerateArray());
    }

    private static void VerifyComparesWithThePacker(Machine machine)
    {
        JsonElement root = Programs.Edgert(machine, "verify", Workshop.DemoBundle, "--json").Json("edgert.verify");
        Assert.True(root.GetProperty("ok").GetBoolean());
        JsonElement point = root.GetProperty("points")[0];
        Assert.Equal("ok", point.GetProperty("outcome").GetString());
        Assert.Equal(point.GetProperty("golden_hash").GetString(), point.GetProperty("hash").GetString());
        Assert.Equal(point.GetProperty("golden_hash").GetString(), point.GetProperty("reference_hash").GetString());
    }

    private static void KernelsTellsWhatRuns(Machine machine)
    {
        JsonElement root = Programs.Edgert(machine, "kernels", "--json").Json("edgert.kernels");
        JsonElement convolution = root.GetProperty("families").EnumerateArray().Single(f => f.GetProperty("family").GetString() == "convolution-s8");
        string selected = convolution.GetProperty("variants").EnumerateArray().Single(v => v.GetProperty("selected").GetBoolean()).GetProperty("name").GetString()!;
        string? expected = machine.Name switch { "cortex-a76" => "neon-dot", "cortex-a53" or "cortex-a72" => "neon-4", _ => null };
        Assert.True(expected is null || selected.StartsWith(expected, StringComparison.Ordinal), selected);
    }

    private static void TextGoesToStdoutAlone(Machine machine)
    {
        foreach (string[] line in (string[][])[["--help"], ["--version"], ["run", Workshop.DemoBundle, Workshop.PartPicture], ["verify", Workshop.DemoBundle]])
        {
            Outcome outcome = Programs.Edgert(machine, line);
            Assert.Equal((0, ""), (outcome.Code, outcome.Messages));
            Assert.NotEmpty(outcome.Data);

            // No colours where nobody looks.
            Assert.DoesNotContain('\u001b', outcome.Data);
        }
    }

    private static void FlagsBeatTheEnvironment(Machine machine)
    {
        string[] line = [.. machine.Command, "run", Workshop.DemoBundle, Workshop.PartPicture, "--json"];
        (string, string)[] three = [("EDGERT_THREADS", "3")];
        Assert.Equal(3, Programs.Run(line, three).Json("edgert.run").GetProperty("threads").GetInt32());
        Assert.Equal(1, Programs.Run([.. line, "--threads", "1"], three).Json("edgert.run").GetProperty("threads").GetInt32());
        Programs.Run(line, [("EDGERT_POINT", "nosuch")]).IsError(2, "nosuch");
    }

    private static void AnInterruptionEndsWith130(Machine machine)
    {
        Outcome outcome = Programs.Interrupted([.. machine.Command, "bench", Workshop.DemoBundle, "--runs", "1000000"]);
        outcome.IsError(130, "interrupted");
    }
}
