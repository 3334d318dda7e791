using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Requirements;
using Google.Protobuf;
using ModelPacker.Emit;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;
using ModelPacker.Lower;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tests.Gradients;

namespace ModelPacker.Tests.Finetune;

/// <summary><c>tools/finetune</c>, which trains with PyTorch what <c>pack --points-from</c> then packs.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class FinetuneToolTests(TunedNetwork network) : IDisposable
{
    private const int Side = 16;

    private readonly TestFolder _folder = new();

    private string Model => network.Folder.File("net.onnx");

    public void Dispose() => _folder.Dispose();

    [FactWith(Need.Torch)]
    public void AnswersOfEveryPointAreThoseOfTheBundle()
    {
        string model = _folder.File("rich.onnx");
        File.WriteAllBytes(model, RichNetwork().Model.ToByteArray());
        string spec = _folder.Write("rich.json", File.ReadAllText(network.Folder.File("net.json")).Replace("logits", "probabilities", StringComparison.Ordinal));
        string tuned = _folder.File("tuned.edge");
        Succeed("tune", model, "--data", network.Pictures, "--objective", "macs", "--points", "1.3x,1.8x", "--mask", "uniform", "--no-correction", "--limit", "40", "-o", tuned);
        string masks = _folder.Write("masks.json", Succeed("inspect", tuned, "--masks"));
        string packed = _folder.File("exact.edge");
        Succeed("pack", model, "--precision", "fp32", "--points-from", masks, "-o", packed);
        Assert.True(File.Exists(spec));
        Compare(model, masks, packed, Side);
    }

    [TheoryWith(Need.SharedFiles, Need.Torch)]
    [InlineData("cifar10_nin", 32)]
    [InlineData("squeezenet_v1.1", 227)]
    public void AnswersOfRealNetworksAreThoseOfTheirBundles(string name, int side)
    {
        string model = Requirement.SharedFile("models", name + ".onnx");
        using Bundle dense = FloatEmitter.Emit(Lowering.Lower(ModelFile.ReadGraph(model, null)), []);
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        Perforator perforator = new(dense);
        Random random = new(5);
        LayerMask[] layers = [.. Enumerable.Range(0, dense.Steps.Length).Where(perforator.CanPerforate).Where(_ => random.Next(2) == 0).Select(step =>
        {
            (int height, int width) = grids[dense.Steps[step].Output];
            int[] kept = [.. Enumerable.Range(0, height * width).Where(s => s == 0 || random.Next(3) > 0)];
            return new LayerMask(dense.Steps[step].Name, height, width, "uniform", Support.OfMask(height, width, kept, random));
        })];
        Bundle perforated = PointTransfer.Apply(dense, [new PointMasks("random", layers)], "test");
        string path = _folder.File("perforated.edge");
        BundleWriter.Save(perforated, path);
        Compare(model, _folder.Write("masks.json", Succeed("inspect", path, "--masks")), path, side);
    }

    [FactWith(Need.Torch)]
    public void PicturesArePreparedAsTheRuntimePreparesThem()
    {
        _folder.WriteNoise("noise/small.ppm", 13, 1);
        _folder.WriteNoise("noise/wide.ppm", 40, 2);
        string[] specs = [
            """{ "input": { "width": 16, "height": 16, "scale": 0.0039, "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6] }, /* a comment */ "output": { "kind": "logits", }, }""",
            """{ "input": { "width": 20, "height": 11, "color": "bgr", "mean": [104, 117, 123], "resize": "shorter-side-crop" } } // another""",
            """{ "input": { "width": 13, "height": 13, "color": "gray", "scale": 0.01 } }""",
        ];
        string[] files = [.. specs.Select((s, i) => _folder.Write($"spec{i}.json", s))];
        Python([.. Probe("pictures", _folder.File("noise"), _folder.File("prepared")), .. files]);
        float[] prepared = Floats("prepared");
        int at = 0;
        foreach (string file in files)
        {
            InputSpec spec = InputSpec.Parse(File.ReadAllBytes(file), file);
            Preprocessor preprocessor = new(spec);
            foreach (string name in (string[])["small.ppm", "wide.ppm"])
            {
                float[] rows = new float[preprocessor.Length];
                preprocessor.ToRows(PictureReader.Read(_folder.File("noise", name)), rows);
                int sites = spec.Width * spec.Height;
                for (int i = 0; i < rows.Length; i++, at++)
                {
                    // Channels are whole planes there.
                    float expected = rows[(i % sites * spec.Channels) + (i / sites)];
                    Assert.Equal(expected, prepared[at], 255 * spec.Scale / spec.Std[0] * 1e-4f);
                }
            }
        }

        Assert.Equal(prepared.Length, at);
    }

    [FactWith(Need.Torch)]
    public void TwoProcessesEndWithTheSameWeightsAndLearnWhatOneLearns()
    {
        string masks = Masks();
        string one = _folder.File("one.onnx");
        string two = _folder.File("two.onnx");
        string[] options = ["--masks", masks, "--data", network.Pictures, "--epochs", "4", "--batch", "17", "--learning-rate", "0.05", "--workers", "0", "--device", "cpu"];
        JsonElement alone = JsonDocument.Parse(Python([Tool, Model, .. options, "-o", one, "--json"])).RootElement;

        // PyTorch 1.13 under Python 3.11 cannot do without the last two.
        Python(["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2", "--redirects=1", "--tee=1", $"--log_dir={_folder.File("logs")}", .. Probe("ranks", _folder.File("weights"), Model), .. options, "-o", two]);
        byte[] first = File.ReadAllBytes(_folder.File("weights.0"));
        Assert.Equal(first, File.ReadAllBytes(_folder.File("weights.1")));

        // The sums of gradients have another order, no more.
        Dictionary<string, float[]> before = Weights(Model);
        Dictionary<string, float[]> expected = Weights(one);
        Dictionary<string, float[]> trained = Weights(two);
        Assert.Equal(["b", "v", "w", "w2"], trained.Keys.Order());
        foreach ((string name, float[] values) in trained)
        {
            Assert.All(values, (value, i) => Assert.Equal(expected[name][i], value, 2e-3f));
            Assert.True(values.Zip(before[name], (a, b) => Math.Abs(a - b)).Max() > 2e-2, name);
        }

        Assert.Equal(first.Length / 4, trained.Values.Sum(v => v.Length));
        foreach (string point in (string[])["dense", "2x"])
        {
            Assert.True(alone.GetProperty("after").GetProperty(point).GetProperty("loss").GetDouble() < 0.9 * alone.GetProperty("before").GetProperty(point).GetProperty("loss").GetDouble());
        }

        Succeed("pack", two, "--calibration", network.Pictures, "--limit", "40", "--points-from", network.Bundle, "-o", _folder.File("two.edge"));
        using Bundle packed = BundleReader.Open(_folder.File("two.edge"));
        using Bundle tuned = BundleReader.Open(network.Bundle);
        Assert.Equal(tuned.Points[1].Rows, packed.Points[1].Rows);
        JsonElement judged = JsonDocument.Parse(Succeed("eval", _folder.File("two.edge"), "--images", network.Pictures, "--point", "2x", "--json")).RootElement;
        Assert.True(judged.GetProperty("top1").GetDouble() > 60, judged.ToString());
    }

    [FactWith(Need.Torch)]
    public void AKilledTrainingGoesOnAsIfNothingHadBeen()
    {
        string masks = Masks();
        string[] options = ["--masks", masks, "--data", network.Pictures, "--epochs", "5", "--batch", "4", "--workers", "0", "--device", "cpu", "--checkpoint-every", "1"];
        string whole = _folder.File("whole.onnx");
        string killed = _folder.File("killed.onnx");
        Python([Tool, Model, .. options, "-o", whole]);
        FileInfo checkpoint = new(killed + ".finetune");
        using (Process process = Start([Tool, Model, .. options, "-o", killed]))
        {
            while (!process.HasExited && !(checkpoint.Exists && checkpoint.Length > 0))
            {
                Thread.Sleep(10);
                checkpoint.Refresh();
            }

            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.False(File.Exists(killed));

        // Another training does not take it for its own.
        File.Copy(checkpoint.FullName, _folder.File("other.onnx.finetune"));
        JsonElement[] runs = Runs([Model, .. options, "--seed", "2", "-o", _folder.File("other.onnx"), "--resume"], [Model, .. options, "-o", killed, "--resume"]);
        Assert.Equal(2, runs[0].GetProperty("code").GetInt32());
        Assert.Contains("checkpoint", runs[0].GetProperty("error").GetString());
        Assert.True(runs[1].GetProperty("code").GetInt32() == 0, runs[1].GetProperty("error").GetString());
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(killed));
        Assert.False(checkpoint.Exists && File.Exists(checkpoint.FullName));
    }

    [FactWith(Need.Torch)]
    public void WhatCannotBeTrainedIsRefusedAndPicturesWithoutLabelsAreDistilled()
    {
        string masks = Masks();
        string strange = _folder.File("strange.onnx");
        File.WriteAllBytes(strange, new OnnxBuilder().Input("x", 1, 3, Side, Side).Node("Sin", "x", "s").Node("Erf", "s", "y").Output("y").Model.ToByteArray());
        string spec = network.Folder.File("net.json");
        string otherLayer = _folder.Write("layer.json", File.ReadAllText(masks).Replace("\"layer\": \"", "\"layer\": \"no", StringComparison.Ordinal));
        string otherSchema = _folder.Write("schema.json", "{ \"schema\": \"x\" }");
        string damaged = _folder.Write("damaged.json", File.ReadAllText(masks).Replace("\"stands_for\": [", "\"stands_for\": [0,", StringComparison.Ordinal));
        string detector = _folder.Write("detector.json", File.ReadAllText(spec).Replace("classification", "detection", StringComparison.Ordinal));
        string output = _folder.File("out.onnx");
        string[] good = ["--masks", masks, "--data", network.PlainPictures, "--epochs", "2", "--workers", "0", "--device", "cpu", "-o", output];
        (int Code, string Message, string[] Words)[] cases =
        [
            (3, "Erf, Sin", [strange, "--input-spec", spec, .. good]),
            (3, "there is no convolution 'no", [Model, .. good, "--masks", otherLayer]),
            (3, "holds no masks", [Model, .. good, "--masks", otherSchema]),
            (3, "is damaged", [Model, .. good, "--masks", damaged]),
            (2, "nosuch", [Model, .. good, "--masks", "nosuch"]),
            (2, "nosuch", [Model, .. good, "--data", "nosuch"]),
            (2, "nosuch", [Model, .. good, "--input-spec", "nosuch"]),
            (2, "nosuch", [Model, .. good, "-o", _folder.File("nosuch", "out.onnx")]),
            (2, "nosuch", ["nosuch", "--input-spec", spec, .. good]),
            (2, "9x", [Model, .. good, "--point", "9x"]),
            (2, "its own answers", [Model, .. good, "--point", "dense"]),
            (2, "classifier", [Model, .. good, "--input-spec", detector]),
            (2, "epochs", [Model, .. good, "--epochs", "0"]),
            (2, "too few", [Model, .. good, "--limit", "5"]),
            (3, "no ONNX model", [spec, "--input-spec", spec, .. good]),
            (0, "", [Model, .. good, "--json", "--learning-rate", "0.05"]),
        ];
        JsonElement[] results = Runs([.. cases.Select(c => c.Words)]);
        for (int i = 0; i < cases.Length; i++)
        {
            string error = results[i].GetProperty("error").GetString()!;
            Assert.True(results[i].GetProperty("code").GetInt32() == cases[i].Code, $"{string.Join(' ', cases[i].Words)}: {error}");
            Assert.Contains(cases[i].Message, error);
            Assert.DoesNotContain("Traceback", error);
        }

        JsonElement report = JsonDocument.Parse(results[^1].GetProperty("output").GetString()!).RootElement;
        (JsonElement before, JsonElement after) = (report.GetProperty("before").GetProperty("2x"), report.GetProperty("after").GetProperty("2x"));
        Assert.Equal(JsonValueKind.Null, after.GetProperty("top1").ValueKind);
        Assert.True(after.GetProperty("divergence").GetDouble() < before.GetProperty("divergence").GetDouble(), report.ToString());
        Assert.Equal(Weights(Model).Keys, Weights(output).Keys);
    }

    private void Compare(string model, string masks, string bundle, int side)
    {
        const int pictures = 2;
        float[] input = GradientCheck.Fill(new Random(3), pictures * 3 * side * side);
        File.WriteAllBytes(_folder.File("input"), MemoryMarshal.AsBytes(input.AsSpan()));
        Python(Probe("answers", model, masks, $"{side}", _folder.File("input"), _folder.File("answers")));
        float[] answers = Floats("answers");
        using EdgeModel loaded = EdgeModel.Load(bundle);
        using Session session = loaded.CreateSession();
        int points = loaded.Bundle.Points.Length;
        int classes = loaded.Bundle.Outputs[0].Dims.Aggregate(1, (product, extent) => product * extent);
        Assert.Equal(points * pictures * classes, answers.Length);
        HashSet<float> different = [];
        for (int p = 0; p < points; p++)
        {
            session.Point = p;
            for (int i = 0; i < pictures; i++)
            {
                float[] expected = new float[classes];
                session.SetInput(0, input.AsSpan(i * 3 * side * side, 3 * side * side));
                session.Run();
                session.GetOutput(0, expected);
                different.Add(expected.Max());
                float tolerance = 1e-4f * expected.Max(Math.Abs);
                Assert.All(expected, (value, k) => Assert.Equal(value, answers[(((p * pictures) + i) * classes) + k], tolerance));
            }
        }

        // Points that answer alike would not show whether masks are heeded.
        Assert.Equal(points * pictures, different.Count);
    }

    // One of every operator that the program knows.
    private static OnnxBuilder RichNetwork() => new OnnxBuilder().Input("x", 1, 3, Side, Side)
        .Weights("w1", 8, 3, 3, 3).Weights("b1", 8).Weights("w2", 8, 8, 3, 3).Weights("w3", 4, 8, 1, 1).Weights("w4", 4, 8, 3, 3).Weights("w5", 8, 1, 3, 3).Weights("w6", 6, 8, 3, 2).Weights("v", 4, 6).Weights("c", 4)
        .Floats("scale", 0.2f, -0.3f, 0.4f, 0.5f, 0.2f, 0.3f, 0.1f, 0.2f).Floats("shift", 0.1f, 0.2f, -0.3f, 0.4f, 0, 0.1f, 0.2f, 0.3f)
        .Floats("mean", 1, 0, -1, 0.5f, 0, 0.2f, 0.1f, 0).Floats("variance", 1, 2, 0.5f, 1, 3, 1, 2, 1).Scalar("zero", 0).Scalar("six", 6).Ints("shape", 1, -1)
        .Node("Conv", "x w1 b1", "c1", ("pads", new[] { 1, 1, 1, 1 })).Node("BatchNormalization", "c1 scale shift mean variance", "n1").Node("Relu", "n1", "r1")
        .Node("LRN", "r1", "l1", ("size", 3), ("alpha", 0.5f), ("beta", 0.6f), ("bias", 1.5f))
        .Node("Conv", "l1 w2", "c2", ("pads", new[] { 1, 1, 1, 1 })).Node("Add", "c2 l1", "a1").Node("Clip", "a1 zero six", "r2")
        .Node("MaxPool", "r2", "p1", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 0, 0, 1, 1 }))
        .Node("Conv", "p1 w3", "e1").Node("Conv", "p1 w4", "e2", ("pads", new[] { 1, 1, 1, 1 })).Node("Concat", "e1 e2", "j", ("axis", 1)).Node("Dropout", "j", "d")
        .Node("Conv", "d w5", "g1", ("pads", new[] { 1, 1, 1, 1 }), ("group", 8)).Node("AveragePool", "g1", "p2", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 1, 1 }), ("pads", new[] { 1, 1, 1, 1 }))
        .Node("Conv", "p2 w6", "c6", ("pads", new[] { 1, 0, 1, 1 }), ("strides", new[] { 2, 1 })).Node("GlobalAveragePool", "c6", "m").Node("Reshape", "m shape", "f").Node("Identity", "f", "i")
        .Node("Gemm", "i v c", "t", ("transB", 1), ("alpha", 0.5f)).Node("Flatten", "t", "u").Node("Softmax", "u", "y", ("axis", 1)).Output("y");

    private static string Tool => Path.Combine(Requirement.Root, "tools", "finetune");

    private static string[] Probe(params string[] words) => [Path.Combine(Requirement.Root, "tests", "ModelPacker.Tests", "Finetune", "finetune-probe.py"), .. words];

    private string Masks() => _folder.Write("masks.json", Succeed("inspect", network.Bundle, "--masks"));

    private float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_folder.File(name))).ToArray();

    private static Dictionary<string, float[]> Weights(string model)
        => ModelProto.Parser.ParseFrom(File.ReadAllBytes(model)).Graph.Initializer.ToDictionary(t => t.Name, t => TensorReader.Read(t, t.Name, null).Floats!);

    private JsonElement[] Runs(params string[][] runs)
        => [.. JsonDocument.Parse(Python(Probe("runs", _folder.Write("runs.json", JsonSerializer.Serialize(runs))))).RootElement.EnumerateArray()];

    private static Process Start(string[] words)
        => Process.Start(new ProcessStartInfo(Requirement.Python, words) { RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["OMP_NUM_THREADS"] = "1" } })!;

    private static string Python(string[] words)
    {
        using Process process = Start(words);
        Task<string> messages = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, messages.Result);
        return output;
    }

    private static string Succeed(params string[] args)
    {
        (int code, string output, string error) = TunedNetwork.Run(args);
        Assert.True(code == 0, error);
        return output;
    }
}
