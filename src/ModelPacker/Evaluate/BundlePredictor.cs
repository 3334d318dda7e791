using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace ModelPacker.Evaluate;

/// <summary>Predicts with the runtime that ships.</summary>
public sealed class BundlePredictor : IPredictor
{
    private readonly Session _session;
    private readonly PictureInput _input;
    private readonly float[] _values;

    /// <summary>Makes a session of a loaded model.</summary>
    public BundlePredictor(EdgeModel model, InputSpec spec, string point)
    {
        _session = model.CreateSession();
        _session.Point = model.Bundle.FindPoint(point);
        _input = new PictureInput(model.Bundle, spec);
        _values = new float[model.Bundle.Outputs.Sum(Count)];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Predict(Picture picture)
    {
        _input.Feed(_session, picture);
        _session.Run();
        int offset = 0;
        for (int i = 0; i < _session.Bundle.Outputs.Length; i++)
        {
            int count = Count(_session.Bundle.Outputs[i]);
            _session.GetOutput(i, _values.AsSpan(offset, count));
            offset += count;
        }

        return _values;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static int Count(Port port) => port.Dims.Aggregate(1, (a, d) => a * d);
}
