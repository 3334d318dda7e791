// How fast one batch goes forward and backward, beside the best fp32 product of this machine.
// usage: gradient-bench MODEL.onnx|BUNDLE.edge [--fake-quantize] [--batch N] [--threads N] [--per-run N] [--repeats N]
using System.Diagnostics;
using System.Globalization;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using GradientBench;
using ModelPacker.Emit;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Lower;
using ModelPacker.Pipeline;

const string usage = "usage: gradient-bench MODEL.onnx|BUNDLE.edge [--fake-quantize] [--batch N] [--threads N] [--per-run N] [--repeats N]";
Dictionary<string, int> options = new() { ["--batch"] = 64, ["--threads"] = 2, ["--per-run"] = 0, ["--repeats"] = 10 };
string? model = null;
bool fakeQuantize = false;
for (int i = 0; i < args.Length; i++)
{
    if (options.ContainsKey(args[i]) && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
    {
        options[args[i++]] = number;
    }
    else if (args[i] == "--fake-quantize")
    {
        fakeQuantize = true;
    }
    else if (model is null && !args[i].StartsWith('-'))
    {
        model = args[i];
    }
    else
    {
        Console.Error.WriteLine($"error: '{args[i]}' is not understood. {usage}");
        return 2;
    }
}

if (model is null || options["--batch"] < 1 || options["--threads"] < 1 || options["--repeats"] < 1)
{
    Console.Error.WriteLine($"error: a model and positive numbers are needed. {usage}");
    return 2;
}

try
{
    (int pictures, int threads, int repeats) = (options["--batch"], options["--threads"], options["--repeats"]);
    ModelFile.Require(model);
    using Bundle bundle = ModelFile.IsOnnx(model) ? FloatEmitter.Emit(Lowering.Lower(ModelFile.ReadGraph(model, null)), []) : BundleReader.Open(model);
    using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = fakeQuantize });
    int perRun = options["--per-run"] > 0 ? options["--per-run"] : GradientBatch.SuggestPicturesPerRun(network, pictures, threads);
    using GradientBatch batch = new(network, threads, perRun);
    double operations = pictures * Work.Of(network, 0);
    Random random = new(1);
    ReadOnlyMemory<float>[] inputs = [.. bundle.Inputs.Select(p => (ReadOnlyMemory<float>)Noise(pictures * bundle.Points[0].Rows[p.Map] * bundle.Maps[p.Map].Channels))];
    ReadOnlyMemory<float>[] targets = [.. bundle.Outputs.Select(p => (ReadOnlyMemory<float>)Noise(pictures * bundle.Points[0].Rows[p.Map] * bundle.Maps[p.Map].Channels))];
    RelativeSquaredError loss = new(targets);
    double best = double.MaxValue;
    double bestProcessor = double.MaxValue;
    (double own, double ownProcessor) = (0, 0);
    for (int i = 0; i < repeats; i++)
    {
        // In turns, so that both see the machine in the same mood.
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        network.ClearGradients();
        network.ParametersChanged();
        batch.Accumulate(0, inputs, pictures, loss);
        best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        bestProcessor = Math.Min(bestProcessor, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        (double product, double productProcessor) = Peak.Own(threads, 10);
        (own, ownProcessor) = (Math.Max(own, product), Math.Max(ownProcessor, productProcessor));
    }

    double numpy = Peak.NumPy(threads, 4);
    double rate = operations / best / 1e9;
    double peak = Math.Max(own, numpy);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bundle.Name}: batch {pictures}, {threads} threads, {perRun} pictures per run"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"forward and backward: {best * 1e3:f1} ms, {operations / 1e9:f1} GFLOP, {rate:f1} GFLOP/s; {operations / bestProcessor / 1e9:f1} GFLOP per second of processor time"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"square products: {own:f1} GFLOP/s (own), {numpy:f1} GFLOP/s (NumPy); {ownProcessor:f1} GFLOP per second of processor time (own)"));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"share of the peak: {rate / peak:p1}, by processor time {operations / bestProcessor / 1e9 / ownProcessor:p1}; resident at most {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:f0} MB"));
    return 0;

    float[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
catch (EdgeRuntimeException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return e.ExitCode;
}
