using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Tests.Shared.Bundles;
using MessagePack;
using ModelPacker.Commands;
using ModelPacker.Data;
using ModelPacker.Evaluate;
using ModelPacker.Perforate;
using ModelPacker.Report;

namespace ModelPacker.Tests.Report;

/// <summary>A bundle with two perforated points and hostile names, as the command line shows it.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private const string Evil = "<script>alert('conv')</script>";
    private const int Side = 8;

    private readonly TestFolder _folder = new();
    private readonly string _bundle;
    private readonly Dictionary<string, int[]> _kept = [];

    public ReportCommandTests()
    {
        _bundle = _folder.File("net.edge");
        NetworkBuilder net = new(3)
        {
            InputSpec = """
                { "input": { "name": "input0", "width": 8, "height": 8 }, "task": "classification",
                  "output": { "name": "output0", "kind": "logits", "classes": 4 }, "labels": ["ant", "<b>bee</b>", "cat", "dog"] }
                """,
        };
        int x = net.Input(ElementType.S8, Side, Side, 3);
        int map = net.Convolution(net.Convolution(net.Convolution(x, 3, 1, 8), 1, 1, 8), 3, 1, 4);
        net.Output(net.GlobalAverage(map));
        Bundle dense = net.Build();
        dense.Steps[0] = dense.Steps[0] with { Name = Evil };
        Perforator perforator = new(dense);
        PointAssembler assembler = new(dense);
        List<PerforatedStep[]> masks = [[]];
        foreach ((string name, double share) in new[] { ("half", 0.5), ("<i>fast</i>", 0.25) })
        {
            Support support = new MaskMaker(Side, Side).Make(MaskKind.Uniform, share, 1);
            _kept[name] = support.Kept;
            assembler.Add(name, perforator.Compile(new Dictionary<int, Support> { [0] = support }));
            masks.Add([new PerforatedStep(0, "uniform", support.Kept)]);
        }

        (int, int)[] grids = [.. dense.Points[0].Rows.Select(r => r == Side * Side ? (Side, Side) : (0, 0))];
        Bundle bundle = assembler.Build([new PerforationSection(grids, [.. masks]).ToExtra(), Search()]);
        for (int p = 0; p < 3; p++)
        {
            SortedDictionary<string, double> figures = bundle.Points[p].Figures;
            (figures["loss"], figures["top1"], figures["n"], figures["speedup"]) = (0.5 + (0.1 * p), 80 - p, 200, 1 + p);
            (figures["predicted_ms"], figures["peak_bytes"]) = (12.0 / (1 + p), 5000 - p);
        }

        bundle.Points[0].Figures["sqnr:" + Evil] = 31.5;
        BundleWriter.Save(bundle, _bundle);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheReportIsOneWellFormedDocumentWithEscapedNames()
    {
        string html = _folder.File("report.html");
        Assert.Equal(0, Run("report", _bundle, "-o", html).Code);
        string text = File.ReadAllText(html);
        Assert.DoesNotContain("<script", text);
        Assert.DoesNotContain("<i>fast", text);
        Assert.DoesNotContain("http", text);
        Assert.DoesNotContain("url(", text);
        XDocument document = XDocument.Parse(text);
        Assert.Equal("html", document.Root!.Name.LocalName);
        Assert.Contains(document.Descendants("td"), t => t.Value == Evil);
        Assert.Contains(document.Descendants("text"), t => t.Value == "<i>fast</i>");
        Assert.Contains(document.Descendants("text"), t => t.Value.StartsWith("<u>small</u>"));
        Assert.Contains(document.Descendants("p"), p => p.Value == "Not measured: stride. It has a <head> of its own.");
        Assert.All(document.Descendants().Attributes("src"), s => Assert.StartsWith("data:image/png;base64,", s.Value));
        Assert.Equal(2, document.Descendants("img").Count());
        Assert.Empty(document.Descendants().Attributes("href"));
        Assert.Equal(["Operating points", "Speed against quality", "Rates by layer", "Masks", "Predicted time", "Boards", "Quantisation noise"], document.Descendants("h2").Select(h => h.Value));
        Assert.Single(document.Descendants("style"));
    }

    [Fact]
    public void BoardsArePredictedForEveryPoint()
    {
        JsonElement[] boards = [.. Json("report", _bundle, "--json").GetProperty("boards").EnumerateArray()];
        Assert.Contains("Raspberry Pi 4B", boards.Select(b => b.GetProperty("name").GetString()));
        using Bundle bundle = BundleReader.Open(_bundle);
        foreach (JsonElement board in boards)
        {
            JsonElement[] points = [.. board.GetProperty("points").EnumerateArray()];
            Assert.Equal(bundle.Points.Select(p => p.Name), points.Select(p => p.GetProperty("point").GetString()));
            double[] times = [.. points.Select(p => p.GetProperty("ms").GetDouble())];
            Assert.All(times, t => Assert.True(t > 0));
            Assert.Equal(times[0] * 3.54, board.GetProperty("name").GetString() == "Raspberry Pi 4B" ? points[0].GetProperty("mj").GetDouble() : times[0] * 3.54, 9);

            // Fewer rows are less work on every board.
            Assert.True(Array.IndexOf(times, times.Max()) == 0, string.Join(' ', times));
        }
    }

    [Fact]
    public void ItSaysWhenTheSearchIsOfOtherWeights()
    {
        const string Words = "from before the training";
        string html = _folder.File("report.html");
        Assert.Equal(0, Run("report", _bundle, "-o", html).Code);
        Assert.DoesNotContain(Words, File.ReadAllText(html));
        using Bundle bundle = BundleReader.Open(_bundle);
        bundle.Extras = [new BundleExtra("search", SearchTrace.MarkTrained(BundleReader.ReadExtra(_bundle, "search")!, new Dictionary<string, double> { ["loss"] = 0.4, ["top1"] = 82, ["n"] = 200 }))];
        string trained = _folder.File("trained.edge");
        BundleWriter.Save(bundle, trained);
        Assert.Equal(0, Run("report", trained, "-o", html).Code);
        XDocument document = XDocument.Load(html);
        Assert.Contains(document.Descendants("p"), p => p.Value.Contains(Words, StringComparison.Ordinal));
        Assert.Contains(document.Descendants("td"), t => t.Value.StartsWith("77.00", StringComparison.Ordinal) && t.Value.EndsWith("5.00", StringComparison.Ordinal));

        // A second training changes nothing: the search is of the weights before the first.
        byte[] marked = BundleReader.ReadExtra(trained, "search")!;
        Assert.Equal(marked, SearchTrace.MarkTrained(marked, new Dictionary<string, double> { ["loss"] = 0.1 }));
    }

    [Fact]
    public void TheReportOfADensePointAloneIsWellFormedToo()
    {
        string path = _folder.File("plain.edge");
        BundleWriter.Save(RandomNetwork.Create(1), path);
        string html = _folder.File("plain.html");
        Assert.Equal(0, Run("report", path, "-o", html, "--svg", _folder.File("plain")).Code);
        Assert.Equal(["Operating points", "Boards"], XDocument.Load(html).Descendants("h2").Select(h => h.Value));
        Assert.Empty(Directory.GetFiles(_folder.File("plain")));
    }

    [Fact]
    public void MasksAreDrawnOverTheGivenPicture()
    {
        JsonElement report = Json("report", _bundle, "--svg", _folder.File("out"), "--image", _folder.WritePicture("white.ppm", 16, 255), "--json");
        string[] files = [.. report.GetProperty("files").EnumerateArray().Select(f => Path.GetFileName(f.GetString()!))];
        Assert.Equal(["pareto.svg", "mask-1-half-000-_script_alert__conv____script_.png", "mask-2-_i_fast__i_-000-_script_alert__conv____script_.png"], files);
        foreach ((string name, string file) in new[] { ("half", files[1]), ("<i>fast</i>", files[2]) })
        {
            Picture mask = PictureReader.Read(_folder.File("out", file));
            int cell = mask.Width / Side;
            int[] bright = [.. Enumerable.Range(0, Side * Side).Where(s => mask.Rgb[((((s / Side * cell) + (cell / 2)) * mask.Width) + (s % Side * cell) + (cell / 2)) * 3] == 255)];
            Assert.Equal(_kept[name], bright);
        }

        XDocument svg = XDocument.Load(_folder.File("out", "pareto.svg"));
        Assert.Equal("{http://www.w3.org/2000/svg}svg", svg.Root!.Name);
        Assert.Equal(4, svg.Descendants().Count(e => e.Attribute("class")?.Value.StartsWith("mark ") == true));
    }

    [Fact]
    public void InspectListsFiguresRatesAndMasksOfEveryPoint()
    {
        JsonElement[] points = [.. Json("inspect", _bundle, "--json").GetProperty("points").EnumerateArray()];
        Assert.Equal(["dense", "half", "<i>fast</i>"], points.Select(p => p.GetProperty("name").GetString()));
        double dense = points[0].GetProperty("macs").GetDouble();
        for (int p = 0; p < 3; p++)
        {
            Assert.Equal(0.5 + (0.1 * p), points[p].GetProperty("loss").GetDouble());
            Assert.Equal(80 - p, points[p].GetProperty("top1").GetDouble());
            Assert.Equal(200, points[p].GetProperty("n").GetInt32());
            Assert.Equal(12.0 / (1 + p), points[p].GetProperty("predicted_ms").GetDouble());
            Assert.Equal(1 + p, points[p].GetProperty("speedup").GetDouble());
            Assert.Equal(5000 - p, points[p].GetProperty("peak_bytes").GetDouble());
            JsonElement[] layers = [.. points[p].GetProperty("layers").EnumerateArray()];
            int rows = p == 0 ? Side * Side : _kept[points[p].GetProperty("name").GetString()!].Length;
            Assert.Equal(Evil, layers[0].GetProperty("name").GetString());
            Assert.Equal(rows, layers[0].GetProperty("rows").GetInt32());
            Assert.Equal(1 - (rows / 64.0), layers[0].GetProperty("rate").GetDouble(), 12);
            Assert.Equal(p == 0 ? null : "uniform", layers[0].GetProperty("mask").GetString());

            // The 1×1 convolution behind it has no mask and as few rows; the 3×3 one has all of them.
            Assert.Equal(rows, layers[1].GetProperty("rows").GetInt32());
            Assert.Equal(JsonValueKind.Null, layers[1].GetProperty("mask").ValueKind);
            Assert.Equal(0, layers[^1].GetProperty("rate").GetDouble());
            Assert.Equal(layers.Sum(l => l.GetProperty("macs").GetDouble()), points[p].GetProperty("macs").GetDouble());
            Assert.True(p == 0 || points[p].GetProperty("macs").GetDouble() < dense);
        }

        string text = Run("inspect", _bundle).Output;
        Assert.Contains("point half: ", text);
        Assert.Contains("speed-up 2.00x, predicted 6.00 ms, peak memory 4.88 KiB, loss 0.6000, top-1 79.00 %, on 200 pictures", text);
        Assert.Contains("uniform", text);
    }

    [Fact]
    public void AccuracyIsCountedPerClassAndPoint()
    {
        Random random = new(9);
        for (int i = 0; i < 24; i++)
        {
            byte[] rgb = new byte[Side * Side * 3];
            random.NextBytes(rgb);
            Directory.CreateDirectory(_folder.File("set"));
            PngWriter.Write(new Picture(Side, Side, rgb), _folder.File("set", $"{i:d2}.png"));
        }

        string csv = _folder.Write("labels.csv", string.Join('\n', Enumerable.Range(0, 24).Select(i => $"{i:d2}.png,{i % 5 % 4}")));
        string html = _folder.File("classes.html");
        JsonElement report = Json("report", _bundle, "--images", _folder.File("set"), "--labels", csv, "-o", html, "--json");
        JsonElement[] classes = [.. report.GetProperty("classes").EnumerateArray()];
        Assert.Equal(["ant", "<b>bee</b>", "cat", "dog"], classes.Select(c => c.GetProperty("name").GetString()));
        using EdgeModel model = EdgeModel.Load(_bundle);
        InputSpec spec = InputSpec.Parse(model.Bundle.InputSpec, "test");
        List<LabelledPicture> pictures = PictureSet.Open(_folder.File("set"), csv);
        for (int p = 0; p < 3; p++)
        {
            using BundlePredictor predictor = new(model, spec, model.Bundle.Points[p].Name);
            int[] answers = [.. pictures.Select(l => predictor.Predict(l.Read()).ToArray()).Select(s => Array.IndexOf(s, s.Max()))];
            for (int c = 0; c < 4; c++)
            {
                int[] own = [.. Enumerable.Range(0, 24).Where(i => pictures[i].Label == c)];
                Assert.Equal(own.Length, classes[c].GetProperty("n").GetInt32());
                Assert.Equal(100.0 * own.Count(i => answers[i] == c) / own.Length, classes[c].GetProperty("top1")[p].GetProperty("top1").GetDouble(), 9);
            }
        }

        XElement section = XDocument.Load(html).Descendants("section").Single(s => s.Element("h2")!.Value == "Accuracy by class");
        string[] shown = [.. section.Descendants("tr").Skip(1).Select(r => r.Element("td")!.Value)];
        double[] sorted = [.. shown.Select(n => classes.Single(c => c.GetProperty("name").GetString() == n).GetProperty("top1")[2].GetProperty("top1").GetDouble())];
        Assert.Equal(4, shown.Length);
        Assert.Equal(sorted.Order(), sorted);
    }

    [Theory]
    [InlineData("--labels", "x.csv")]
    [InlineData("--image", "x.png")]
    [InlineData("-o", "no/such/folder/report.html")]
    [InlineData("--images", "nosuch")]
    public void MisuseEndsWithTwo(params string[] args)
    {
        (int code, string output, string error) = Run(["report", _bundle, .. args]);
        Assert.Equal(2, code);
        Assert.StartsWith("error: ", error);
        Assert.Empty(output);
    }

    [Fact]
    public void ADamagedSearchSectionIsABadBundle()
    {
        string path = _folder.File("bad.edge");
        PointAssembler assembler = new(RandomNetwork.Create(2));
        BundleWriter.Save(assembler.Build([Binary("""{"unit":"mac","path":7}""")]), path);
        (int code, _, string error) = Run("report", path, "-o", _folder.File("bad.html"));
        Assert.Equal(3, code);
        Assert.Contains("'search'", error);
        Assert.False(File.Exists(_folder.File("bad.html")));
    }

    private static BundleExtra Search() => Binary("""
        {"unit":"mac","layers":["a"],"path":[{"loss":0.5,"top1":81,"cost":100,"shares":[1],"kinds":[""]},{"loss":0.6,"top1":80,"cost":50,"shares":[0.5],"kinds":["uniform"]}],
         "baselines":[{"name":"<u>small</u>","kind":"smaller-input","cost":60,"macs":6,"loss":0.9,"top1":77}],
         "missing_baselines":[{"name":"stride","kind":"fractional-stride","reason":"It has a <head> of its own."}]}
        """);

    private static BundleExtra Binary(string json)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        writer.Write(Encoding.UTF8.GetBytes(json));
        writer.Flush();
        return new BundleExtra("search", buffer.WrittenSpan.ToArray());
    }

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = PackerCommandLine.Run(args, new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static JsonElement Json(params string[] args)
    {
        (int code, string output, string error) = Run(args);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(output).RootElement;
    }
}
