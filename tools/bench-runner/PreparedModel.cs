using System.Diagnostics;
using BenchRunner.Qdq;
using EdgeRuntime;

namespace BenchRunner;

/// <summary>The files that the engines run. Bundles are calibrated on noise: that changes the answers, not the speed.</summary>
internal sealed class PreparedModel
{
    private PreparedModel(string name, string int8Bundle, string? fp32Bundle, string? fp32Onnx, string int8Onnx)
    {
        Name = name;
        Int8Bundle = int8Bundle;
        Fp32Bundle = fp32Bundle;
        Fp32Onnx = fp32Onnx;
        Int8Onnx = int8Onnx;
    }

    public string Name { get; }

    public string Int8Bundle { get; }

    /// <summary>Null where the model comes quantised.</summary>
    public string? Fp32Bundle { get; }

    /// <summary>Null where the model comes quantised.</summary>
    public string? Fp32Onnx { get; }

    public string Int8Onnx { get; }

    /// <summary>Packs and quantises a model; what is newer than the model and the packer is used again.</summary>
    /// <exception cref="EdgeRuntimeException">The packer fails.</exception>
    public static PreparedModel Make(string model, Options options)
    {
        string name = Path.GetFileNameWithoutExtension(model);
        Directory.CreateDirectory(options.Work);
        string stem = Path.Combine(options.Work, name);
        DateTime newest = new[] { model, options.Packer, Environment.ProcessPath! }.Max(File.GetLastWriteTimeUtc);
        bool Stale(string path) => !File.Exists(path) || File.GetLastWriteTimeUtc(path) < newest;

        string int8 = stem + ".int8.edge";
        if (Stale(int8))
        {
            Pack(options.Packer, "pack", model, "--calibration", "random", "--method", "minmax", "--equalize", "off", "-o", int8);
        }

        if (QdqWriter.IsQuantised(model))
        {
            return new PreparedModel(name, int8, null, null, model);
        }

        string fp32 = stem + ".fp32.edge";
        if (Stale(fp32))
        {
            Pack(options.Packer, "pack", model, "--precision", "fp32", "-o", fp32);
        }

        string quantised = stem + ".qdq.onnx";
        if (Stale(quantised))
        {
            string folded = stem + ".folded.onnx";
            OrtModels.SaveOptimised(model, folded);
            QdqWriter.Write(folded, quantised);
            File.Delete(folded);
        }

        return new PreparedModel(name, int8, fp32, model, quantised);
    }

    private static void Pack(string packer, params string[] arguments)
    {
        ProcessStartInfo start = new(packer, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        output.Wait();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new EdgeRuntimeException($"'{packer} {string.Join(' ', arguments)}' ended with {process.ExitCode}: {errors.Trim()}", process.ExitCode);
        }
    }
}
