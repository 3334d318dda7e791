using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    [InlineData("cifar10_nin", 32, 24, 27)]
    [InlineData("cifar10_resnet20", 32, 21, 24)]
    [InlineData("squeezenet_v1.1", 227, 160, 127)]
    public void AnswersOfRealNetworksAreThoseOfTheirBundles(string name, int side, int height, int width)
    {
        string model = Requirement.SharedFile("models", name + ".onnx");
        (string path, string masks) = Perforated(model, [Random("random", null), Random("small", new(height, width))]);
        Compare(model, masks, path, side);
    }

    [TheoryWith(Need.Torch)]
    [InlineData("rich")]
    [InlineData("matrix")]
    [InlineData("sums")]
    [InlineData("pools")]
    [InlineData("strides")]
    [InlineData("map")]
    [InlineData("run")]
    public void AnswersForSmallerPicturesAreThoseOfTheBundle(string name)
    {
        string model = _folder.File("net.onnx");
        File.WriteAllBytes(model, (name == "rich" ? RichNetwork() : Network(name)).Model.ToByteArray());
        PointChoice[] points = [.. from size in (InputSize[])[new(12, 10), new(11, 12), new(15, 13), new(9, 16), new(6, 5)]
            from choice in (PointChoice[])[Plain($"plain {size}", size), Random($"random {size}", size)] select choice];
        (string path, string masks) = Perforated(model, points);
        using (Bundle bundle = BundleReader.Open(path))
        {
            // What a smaller picture is for.
            Assert.True(bundle.Macs(bundle.Points[1]) < bundle.Macs(bundle.Points[0]));
        }

        Compare(model, masks, path, Side);
    }

    [FactWith(Need.Torch)]
    public void EveryPointIsShownAndJudgedByPicturesOfItsSize()
    {
        (_, string masks) = Perforated(Model, [Plain("small", new(12, 10)), Random("masked", new(12, 10))]);
        string[] held = [.. Directory.GetFiles(network.Pictures, "*.ppm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((_, i) => i % 10 == 9)];
        foreach (string file in held)
        {
            string copy = _folder.File("held", Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string[] options = [Tool, Model, "--masks", masks, "--data", network.Pictures, "--workers", "0", "--device", "cpu", "--batch", "16", "--json"];
        JsonElement distilled = JsonDocument.Parse(Python([.. options, "--distill", "--epochs", "1", "--learning-rate", "1e-12", "-o", _folder.File("same.onnx")])).RootElement;
        JsonElement taught = JsonDocument.Parse(Python([.. options, "--point", "masked", "--epochs", "5", "--learning-rate", "0.05", "-o", _folder.File("taught.onnx")])).RootElement;
        Judge(Model, distilled.GetProperty("before"), "dense", "small", "masked");
        Judge(_folder.File("taught.onnx"), taught.GetProperty("after"), "masked");
        Assert.True(Loss(taught.GetProperty("after"), "masked") < 0.9 * Loss(taught.GetProperty("before"), "masked"), taught.ToString());

        // The teacher has seen the whole picture: it agrees with the dense point alone.
        string packed = Pack(Model, masks);
        InputSpec spec = InputSpec.Parse(File.ReadAllBytes(network.Folder.File("net.json")), "net.json");
        foreach (string point in (string[])["dense", "small", "masked"])
        {
            double divergence = held.Average(file => Divergence(Shares(packed, "dense", spec, file), Shares(packed, point, spec, file)));
            Assert.Equal(divergence, distilled.GetProperty("before").GetProperty(point).GetProperty("divergence").GetDouble(), (1e-3 * divergence) + 1e-6);
            Assert.Equal(point != "dense", divergence > 1e-3);
        }

        Assert.True(distilled.GetProperty("epochs")[0].GetProperty("loss").GetDouble() > 1e-3, distilled.ToString());

        void Judge(string model, JsonElement figures, params string[] points)
        {
            string bundle = Pack(model, masks);
            foreach (string point in points)
            {
                JsonElement judged = JsonDocument.Parse(Succeed("eval", bundle, "--images", _folder.File("held"), "--point", point, "--json")).RootElement;
                Assert.Equal(held.Length, judged.GetProperty("n").GetInt32());
                double loss = judged.GetProperty("loss").GetDouble();
                Assert.Equal(loss, Loss(figures, point), 1e-3 * loss);
            }
        }

        static double Loss(JsonElement figures, string point) => figures.GetProperty(point).GetProperty("loss").GetDouble();
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
        Python([.. Probe("pictures", _folder.File("noise"), _folder.File("prepared"), "9", "14"), .. files]);
        float[] prepared = Floats("prepared");
        int at = 0;
        foreach (string file in files)
        {
            InputSpec whole = InputSpec.Parse(File.ReadAllBytes(file), file);
            foreach (InputSpec spec in (InputSpec[])[whole, whole with { Height = 9, Width = 14 }])
            {
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

    // At first the dense point agrees with its teacher and wants nothing: with two points a step is half of what the other one alone would take.
    [FactWith(Need.Torch)]
    public void EveryPointOfABatchPullsAlike()
    {
        string masks = Masks();
        string[] options = ["--masks", masks, "--data", network.Pictures, "--epochs", "1", "--batch", "1000", "--learning-rate", "0.1", "--momentum", "0", "--weight-decay", "0", "--most-norm", "1e9",
            "--workers", "0", "--device", "cpu"];
        JsonElement[] runs = Runs(
            [Model, .. options, "--distill", "--point", "2x", "-o", _folder.File("alone.onnx")],
            [Model, .. options, "--distill", "--every-point", "-o", _folder.File("all.onnx")],
            [Model, .. options, "--every-point", "-o", _folder.File("taught.onnx"), "--json"],
            [Model, .. options, "--every-point", "--point", "2x", "-o", _folder.File("wrong.onnx")]);
        Assert.All(runs[..3], r => Assert.True(r.GetProperty("code").GetInt32() == 0, r.GetProperty("error").GetString()));
        Assert.Equal(2, runs[3].GetProperty("code").GetInt32());
        Dictionary<string, float[]> before = Weights(Model);
        Dictionary<string, float[]> alone = Weights(_folder.File("alone.onnx"));
        Dictionary<string, float[]> all = Weights(_folder.File("all.onnx"));
        double largest = 0;
        foreach ((string name, float[] values) in before)
        {
            Assert.All(values, (v, i) => Assert.Equal((alone[name][i] - v) / 2, all[name][i] - v, 1e-5f));
            largest = Math.Max(largest, values.Select((v, i) => Math.Abs(alone[name][i] - v)).Max());
        }

        Assert.True(largest > 1e-3, $"{largest}");

        // Wherever the dense point stands among the masks, the others learn from its answers.
        JsonNode turned = JsonNode.Parse(File.ReadAllText(masks))!;
        turned["points"] = new JsonArray([.. turned["points"]!.AsArray().Reverse().Select(p => p!.DeepClone())]);
        string other = _folder.Write("turned.json", turned.ToJsonString());
        JsonElement run = Runs([Model, "--masks", other, .. options[2..], "--every-point", "-o", _folder.File("turned.onnx")])[0];
        Assert.True(run.GetProperty("code").GetInt32() == 0, run.GetProperty("error").GetString());
        Dictionary<string, float[]> first = Weights(_folder.File("taught.onnx"));
        foreach ((string name, float[] values) in Weights(_folder.File("turned.onnx")))
        {
            Assert.All(values, (v, i) => Assert.Equal(first[name][i], v, 1e-6f));
        }

        // With labels: both points are better after one step.
        JsonElement taught = JsonDocument.Parse(runs[2].GetProperty("output").GetString()!).RootElement;
        Assert.All((string[])["dense", "2x"], p => Assert.True(taught.GetProperty("after").GetProperty(p).GetProperty("loss").GetDouble() < taught.GetProperty("before").GetProperty(p).GetProperty("loss").GetDouble()));
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
        string reshaped = _folder.File("reshaped.onnx");
        File.WriteAllBytes(reshaped, new OnnxBuilder().Input("x", 1, 3, Side, Side).Weights("w", 4, 3, 1, 1).Ints("shape", 1, 8, 16, 8)
            .Node("Conv", "x w", "c").Node("Reshape", "c shape", "r").Node("GlobalAveragePool", "r", "g").Node("Flatten", "g", "y").Output("y").Model.ToByteArray());
        string small = _folder.Write("small.json", """
            { "schema": "modelpacker.masks", "points": [{ "name": "dense", "input": null, "layers": [] }, { "name": "small", "input": { "height": 8, "width": 8 }, "layers": [] }] }
            """);
        string spec = network.Folder.File("net.json");
        string otherLayer = _folder.Write("layer.json", File.ReadAllText(masks).Replace("\"layer\": \"", "\"layer\": \"no", StringComparison.Ordinal));
        string otherSchema = _folder.Write("schema.json", "{ \"schema\": \"x\" }");
        string damaged = _folder.Write("damaged.json", File.ReadAllText(masks).Replace("\"stands_for\": [", "\"stands_for\": [0,", StringComparison.Ordinal));
        string detector = _folder.Write("detector.json", File.ReadAllText(spec).Replace("classification", "detection", StringComparison.Ordinal));
        string zero = WithInput("zero.json", 1, """{ "height": 0, "width": 8 }""");
        string number = WithInput("number.json", 1, "8");
        string halves = WithInput("halves.json", 1, """{ "height": 8.5, "width": 8 }""");
        string larger = WithInput("larger.json", 1, """{ "height": 8, "width": 17 }""");
        string otherSize = WithInput("size.json", 1, """{ "height": 12, "width": 10 }""");
        string noDense = WithInput("dense.json", 0, """{ "height": 12, "width": 10 }""");
        string output = _folder.File("out.onnx");
        string[] good = ["--masks", masks, "--data", network.PlainPictures, "--epochs", "2", "--workers", "0", "--device", "cpu", "-o", output];
        (int Code, string Message, string[] Words)[] cases =
        [
            (3, "Erf, Sin", [strange, "--input-spec", spec, .. good]),
            (3, "there is no convolution 'no", [Model, .. good, "--masks", otherLayer]),
            (3, "holds no masks", [Model, .. good, "--masks", otherSchema]),
            (3, "is damaged", [Model, .. good, "--masks", damaged]),
            (3, $"point '2x' of '{zero}' has no size", [Model, .. good, "--masks", zero]),
            (3, "a \"height\" and a \"width\" above 0", [Model, .. good, "--masks", number]),
            (3, "a \"height\" and a \"width\" above 0", [Model, .. good, "--masks", halves]),
            (3, "'2x' takes pictures of 17×8, which are no smaller ones", [Model, .. good, "--masks", larger]),
            (3, "sites for pictures of 10×12 and its mask", [Model, .. good, "--masks", otherSize]),
            (3, "no other dense one", [Model, .. good, "--masks", noDense]),
            (3, "one map out of another", [reshaped, "--input-spec", spec, .. good, "--masks", small]),
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
        using EdgeModel loaded = EdgeModel.Load(bundle);
        using Session session = loaded.CreateSession();
        float[][] inputs = Array.ConvertAll(loaded.Bundle.Points, p => GradientCheck.Fill(new Random(3), pictures * 3 * (p.Input?.Height ?? side) * (p.Input?.Width ?? side)));
        File.WriteAllBytes(_folder.File("input"), [.. inputs.SelectMany(i => MemoryMarshal.AsBytes(i.AsSpan()).ToArray())]);
        Python(Probe("answers", model, masks, $"{side}", $"{pictures}", _folder.File("input"), _folder.File("answers")));
        float[] answers = Floats("answers");
        int points = loaded.Bundle.Points.Length;
        int classes = loaded.Bundle.Outputs[0].Dims.Aggregate(1, (product, extent) => product * extent);
        Assert.Equal(points * pictures * classes, answers.Length);
        HashSet<float> different = [];
        for (int p = 0; p < points; p++)
        {
            session.Point = p;
            int length = inputs[p].Length / pictures;
            for (int i = 0; i < pictures; i++)
            {
                float[] expected = new float[classes];
                session.SetInput(0, inputs[p].AsSpan(i * length, length));
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

    private sealed record PointChoice(string Name, InputSize? Size, bool Masked);

    private static PointChoice Plain(string name, InputSize size) => new(name, size, false);

    private static PointChoice Random(string name, InputSize? size) => new(name, size, true);

    // A bundle in fp32 with such points, and its masks as JSON.
    private (string Bundle, string Masks) Perforated(string model, PointChoice[] choices)
    {
        using Bundle dense = FloatEmitter.Emit(Lowering.Lower(ModelFile.ReadGraph(model, null)), []);
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        Perforator perforator = new(dense);
        Random random = new(5);
        Bundle perforated = PointTransfer.Apply(dense, [.. choices.Select(choice =>
        {
            (int Height, int Width)[] sizes = choice.Size is { } size ? ResizedNetwork.Of(dense, grids, perforator, size)!.Grids : grids;
            int[] steps = [.. Enumerable.Range(0, dense.Steps.Length).Where(perforator.CanPerforate)];
            return new PointMasks(choice.Name, !choice.Masked ? [] : [.. steps.Where(s => s == steps[0] || random.Next(2) == 0).Select(step =>
            {
                (int height, int width) = sizes[dense.Steps[step].Output];
                int[] kept = [.. Enumerable.Range(0, height * width).Where(s => s == 0 || random.Next(3) > 0)];
                return new LayerMask(dense.Steps[step].Name, height, width, "uniform", Support.OfMask(height, width, kept, random));
            })]) { Input = choice.Size };
        })], "test");
        string path = _folder.File("perforated.edge");
        BundleWriter.Save(perforated, path);
        return (path, _folder.Write("perforated.json", Succeed("inspect", path, "--masks")));
    }

    private string Pack(string model, string masks)
    {
        string packed = _folder.File("packed.edge");
        Succeed("pack", model, "--precision", "fp32", "--points-from", masks, "-o", packed);
        return packed;
    }

    private static double[] Shares(string bundle, string point, InputSpec spec, string picture)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession();
        session.Point = Array.FindIndex(model.Bundle.Points, p => p.Name == point);
        new PictureInput(model.Bundle, spec).Feed(session, PictureReader.Read(picture));
        session.Run();
        float[] logits = new float[4];
        session.GetOutput(0, logits);
        double sum = logits.Sum(l => Math.Exp(l));
        return Array.ConvertAll(logits, l => Math.Exp(l) / sum);
    }

    private static double Divergence(double[] wanted, double[] got) => wanted.Zip(got, (w, g) => w * Math.Log(w / g)).Sum();

    private string WithInput(string name, int point, string size)
    {
        JsonNode masks = JsonNode.Parse(File.ReadAllText(Masks()))!;
        masks["points"]![point]!["input"] = JsonNode.Parse(size);
        return _folder.Write(name, masks.ToJsonString());
    }

    // Small networks that come to every end of a smaller map.
    private static OnnxBuilder Network(string name)
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, Side, Side).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 8, 3, 3).Weights("w3", 8, 8, 1, 1).Weights("w4", 4, 16, 1, 1).Weights("one", 1, 8, 3, 3)
            .Weights("all", 6, 8, 8, 8).Weights("full", 1, 8, 8, 8).Weights("shift", 1, 8, 1, 1).Weights("v512", 4, 512).Weights("v64", 4, 64).Weights("v24", 4, 24).Weights("v8", 4, 8).Weights("v4", 4, 4)
            .Floats("scale", 0.2f, -0.3f, 0.4f, 0.5f, 0.2f, 0.3f, 0.1f, 0.2f).Floats("mean", 1, 0, -1, 0.5f, 0, 0.2f, 0.1f, 0).Floats("variance", 1, 2, 0.5f, 1, 3, 1, 2, 1)
            .Ints("same", 1, 8, Side, Side).Ints("flat", 1, -1)
            .Node("Conv", "x w", "c", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c", "r");
        (string, object)[] padded = [("pads", new[] { 1, 1, 1, 1 })];
        (string, object)[] halved = [("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })];
        (string, object)[] pool = [("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })];
        return name switch
        {
            // A matrix over a map reads all its sites; a reshaping that changes nothing reads none.
            "matrix" => builder.Node("Reshape", "r same", "q").Node("Conv", "q w2", "d", halved).Node("Relu", "d", "s").Node("Reshape", "s flat", "f").Node("Gemm", "f v512", "y", ("transB", 1)).Output("y"),

            // Windows of 2 and of 3 agree at even sizes only; one row for all sites goes with any size; a stored map has its size.
            "sums" => builder.Node("MaxPool", "r", "p", pool).Node("Conv", "r w2", "d", halved).Node("Add", "p d", "a").Node("Conv", "a w2", "e", padded).Node("GlobalAveragePool", "e", "g")
                .Node("Conv", "g w3", "h").Node("Add", "e h", "k").Node("Concat", "k a", "j", ("axis", 1)).Node("Conv", "j w4", "l").Node("Softmax", "l", "s", ("axis", 1)).Node("GlobalAveragePool", "s", "gs")
                .Node("Add", "full e", "n").Node("Conv", "n w2", "o", padded).Node("Add", "o e", "t").Node("MaxPool", "t", "gt", ("kernel_shape", new[] { 8, 8 }))
                .Node("Flatten", "gs", "fs").Node("Gemm", "fs v4", "ys", ("transB", 1)).Node("Flatten", "gt", "ft").Node("Gemm", "ft v8", "yt", ("transB", 1)).Node("Add", "ys yt", "y").Output("y"),

            // Averages with and without padding; windows that are divided by different numbers; poolings of the whole map, of which one counts padding, and a convolution over all of it.
            "pools" => builder.Node("AveragePool", "r", "p", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }), ("count_include_pad", 1))
                .Node("Conv", "p w2", "d", padded).Node("AveragePool", "d", "e", ("kernel_shape", new[] { 3, 3 }), ("pads", new[] { 1, 1, 1, 1 }))
                .Node("AveragePool", "r", "q", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("ceil_mode", 1), ("count_include_pad", 1)).Node("Conv", "q w2", "k", padded).Node("Add", "e k", "l")
                .Node("AveragePool", "e", "g1", ("kernel_shape", new[] { 8, 8 })).Node("AveragePool", "e", "g2", ("kernel_shape", new[] { 8, 8 }), ("count_include_pad", 1)).Node("MaxPool", "l", "g3", ("kernel_shape", new[] { 8, 8 }))
                .Node("Concat", "g1 g2 g3", "g", ("axis", 1)).Node("Flatten", "g", "f").Node("Gemm", "f v24", "y1", ("transB", 1)).Node("Conv", "e all", "a").Node("Relu", "a", "b").Node("Flatten", "b", "y2").Node("Concat", "y1 y2", "y", ("axis", 1)).Output("y"),

            // Large steps make as many windows over a picture that is a little smaller; sizes that are rounded up; a wide window whose outer taps lie in the padding alone.
            "strides" => builder.Node("Conv", "r w2", "d", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 4, 4 })).Node("MaxPool", "r", "p", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("ceil_mode", 1))
                .Node("Conv", "p w2", "e", ("pads", new[] { 0, 0, 1, 1 }), ("strides", new[] { 2, 2 })).Node("Conv", "e w2", "k", ("pads", new[] { 4, 4, 4, 4 }), ("dilations", new[] { 4, 4 }))
                .Node("Conv", "p w2", "l", ("pads", new[] { 2, 1, 2, 1 }), ("dilations", new[] { 2, 1 }))
                .Node("GlobalAveragePool", "d", "g1").Node("GlobalAveragePool", "k", "g2").Node("GlobalAveragePool", "l", "g3").Node("Concat", "g1 g2 g3", "g", ("axis", 1)).Node("Flatten", "g", "f").Node("Gemm", "f v24", "y", ("transB", 1)).Output("y"),

            // The answer is a map: all its sites are computed, by whatever makes it.
            "map" => builder.Node("MaxPool", "r", "p", pool).Node("Conv", "p w2", "d", padded).Node("BatchNormalization", "d scale scale mean variance", "n").Node("Add", "n shift", "a").Node("Relu", "a", "y").Output("y"),

            // A map of one channel is one run of numbers.
            _ => builder.Node("MaxPool", "r", "p", pool).Node("Conv", "p one", "d", padded).Node("Flatten", "d", "f").Node("Softmax", "f", "s", ("axis", 1)).Node("Gemm", "s v64", "y", ("transB", 1)).Output("y"),
        };
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
