using EdgeRuntime;
using EdgeRuntime.Governing;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace ModelPacker.Evaluate;

/// <summary>Predicts as the runtime does with <c>--cascade</c>: a cheap point first, the next one where its margin is small.</summary>
public sealed class CascadePredictor : IPredictor
{
    private readonly Cascade _cascade;
    private readonly InputSpec _spec;
    private readonly int[] _asked;
    private readonly BundlePredictor[] _stages;

    /// <summary>Makes sessions of a loaded model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="spec">What its outputs mean.</param>
    /// <param name="cascade">Its cascade.</param>
    /// <param name="asked">Counts, per stage, the pictures that it was asked about; shared by threads.</param>
    public CascadePredictor(EdgeModel model, InputSpec spec, Cascade cascade, int[] asked)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        _cascade = cascade;
        _spec = spec;
        _asked = asked;
        _stages = [.. cascade.Stages.ToArray().Select(s => new BundlePredictor(model, spec, s.Name))];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Predict(Picture picture)
    {
        for (int stage = 0; ;)
        {
            Interlocked.Increment(ref _asked[stage]);
            ReadOnlySpan<float> scores = _stages[stage].Predict(picture);
            int next = _cascade.Next(stage, Cascade.MarginOf(scores, _spec.FirstClass, _spec.OutputIsLogits), _stages.Length - 1);
            if (next < 0)
            {
                return scores;
            }

            stage = next;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_stages, s => s.Dispose());
}
