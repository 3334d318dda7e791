using Microsoft.ML.OnnxRuntime;

namespace BenchRunner;

/// <summary>ONNX Runtime with all its graph optimisations, from float tensors to float tensors.</summary>
internal sealed class OrtContender : IContender
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string[] _names;
    private readonly OrtValue[] _inputs;

    public OrtContender(string name, string model, int threads)
    {
        Name = name;
        using SessionOptions options = OrtModels.Options(threads);
        _session = new InferenceSession(model, options);
        _names = [.. OrtModels.DataInputs(_session).Select(i => i.Key)];
        _inputs = [.. OrtModels.DataInputs(_session).Select(OrtModels.RandomInput)];
    }

    public string Name { get; }

    public void Prepare()
    {
    }

    public void Run() => _session.Run(_run, _names, _inputs, _session.OutputNames).Dispose();

    public void Dispose()
    {
        foreach (OrtValue input in _inputs)
        {
            input.Dispose();
        }

        _run.Dispose();
        _session.Dispose();
    }
}
