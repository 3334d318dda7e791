using EdgeRuntime;
using EdgeRuntime.Images;
using Microsoft.ML.OnnxRuntime;

namespace ModelPacker.Evaluate;

/// <summary>Predicts with ONNX Runtime: the reference for accuracy.</summary>
public sealed class OnnxPredictor : IPredictor
{
    private readonly InferenceSession _session;
    private readonly Preprocessor _preprocessor;
    private readonly long[] _shape;
    private readonly string _name;
    private readonly float[] _rows;
    private readonly float[] _planes;
    private readonly int _channels;
    private readonly bool _channelsLast;
    private float[] _values = [];

    /// <summary>Loads a model.</summary>
    /// <exception cref="EdgeRuntimeException">ONNX Runtime refuses it.</exception>
    public OnnxPredictor(string path, InputSpec spec, int threads = 1)
    {
        try
        {
            using SessionOptions options = new() { IntraOpNumThreads = threads, InterOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new EdgeRuntimeException($"ONNX Runtime cannot load '{path}': {e.Message}", 3, e);
        }

        // Old exporters list the weights as inputs too; the picture is the first that has no value of its own.
        KeyValuePair<string, NodeMetadata> input = _session.InputMetadata.First();
        _name = input.Key;
        int[] dims = input.Value.Dimensions;
        _channels = spec.Channels;
        _channelsLast = dims.Length == 4 && dims[3] == spec.Channels && dims[1] != spec.Channels;
        _shape = _channelsLast ? [1, spec.Height, spec.Width, spec.Channels] : [1, spec.Channels, spec.Height, spec.Width];
        _preprocessor = new Preprocessor(spec);
        _rows = new float[_preprocessor.Length];
        _planes = new float[_rows.Length];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Predict(Picture picture)
    {
        _preprocessor.ToRows(picture, _rows);
        int sites = _rows.Length / _channels;
        for (int i = 0; i < sites && !_channelsLast; i++)
        {
            for (int c = 0; c < _channels; c++)
            {
                _planes[(c * sites) + i] = _rows[(i * _channels) + c];
            }
        }

        using OrtValue input = OrtValue.CreateTensorValueFromMemory(_channelsLast ? _rows : _planes, _shape);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = _session.Run(run, [_name], [input], _session.OutputNames);
        int total = outputs.Sum(o => (int)o.GetTensorTypeAndShape().ElementCount);
        if (_values.Length != total)
        {
            _values = new float[total];
        }

        int offset = 0;
        foreach (OrtValue output in outputs)
        {
            ReadOnlySpan<float> data = output.GetTensorDataAsSpan<float>();
            data.CopyTo(_values.AsSpan(offset));
            offset += data.Length;
        }

        return _values;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
