using BenchRunner;
using EdgeRuntime;
using Microsoft.ML.OnnxRuntime;

try
{
    Options options = Options.Parse(args);
    List<ModelResult> results = [];
    foreach (string path in options.Models)
    {
        Console.Error.WriteLine($"{Path.GetFileNameWithoutExtension(path)} …");
        results.Add(Benchmark.Run(path, options));
    }

    if (options.Json)
    {
        Report.WriteJson(Console.OpenStandardOutput(), results, options);
    }
    else
    {
        Report.WriteMarkdown(Console.Out, results);
    }

    ModelResult[] slow = [.. results.Where(r => r.Ratio("ort-fp32", "edge-int8") is < 1)];
    foreach (ModelResult result in slow)
    {
        Console.Error.WriteLine($"error: int8 is slower than ONNX Runtime fp32 on '{result.Name}'. 'edgert profile' shows the steps that take the time.");
    }

    return options.Check && slow.Length > 0 ? 4 : 0;
}
catch (EdgeRuntimeException e)
{
    Console.Error.WriteLine("error: " + e.Message);
    return e.ExitCode;
}
catch (OnnxRuntimeException e)
{
    Console.Error.WriteLine("error: ONNX Runtime: " + e.Message);
    return 3;
}
