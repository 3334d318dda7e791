using EdgeRuntime.Images;

namespace EdgeRuntime.Detections;

/// <summary>Turns the outputs of a detector into boxes.</summary>
public abstract class DetectionDecoder
{
    private readonly float _maximumOverlap;

    private protected DetectionDecoder(InputSpec spec, DetectorSpec detector)
    {
        Spec = spec;
        Threshold = detector.ScoreThreshold;
        _maximumOverlap = detector.NmsIou;
    }

    private protected InputSpec Spec { get; }

    private protected float Threshold { get; }

    /// <summary>Picks the decoder that the description asks for.</summary>
    /// <exception cref="InputException">The description is not one of a detector.</exception>
    public static DetectionDecoder Create(InputSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return spec.Detector switch
        {
            null => throw new InputException("the model is not described as a detector", "task", "Set \"task\": \"detection\" and describe its \"output\""),
            { Heads.Count: > 0 } detector => new YoloDecoder(spec, detector),
            { BoxesOutput: not null, ScoresOutput: not null } detector => new BoxesDecoder(spec, detector),
            _ => throw new InputException("no outputs are named", "output", "Name 'boxes' and 'scores', or 'heads'"),
        };
    }

    /// <summary>Names of the outputs that <see cref="Decode"/> asks for.</summary>
    public abstract IReadOnlyList<string> OutputNames { get; }

    /// <summary>Reads all boxes above the score threshold, suppresses doubles, and puts the best first.</summary>
    /// <param name="outputs">The outputs of one picture.</param>
    /// <param name="detections">Cleared, then filled.</param>
    /// <exception cref="InputException">An output is missing or of an unexpected size.</exception>
    public void Decode(OutputReader outputs, List<Detection> detections)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(detections);
        detections.Clear();
        Collect(outputs, detections);
        NonMaximumSuppression.Apply(detections, _maximumOverlap);
    }

    private protected abstract void Collect(OutputReader outputs, List<Detection> detections);

    private protected void Add(List<Detection> detections, float left, float top, float right, float bottom, int classIndex, float score)
    {
        // Clipped, so that callers may draw and crop without a thought; NaN fails the comparison and goes too.
        left = Math.Clamp(left, 0, 1);
        top = Math.Clamp(top, 0, 1);
        right = Math.Clamp(right, 0, 1);
        bottom = Math.Clamp(bottom, 0, 1);
        if (right > left && bottom > top)
        {
            detections.Add(new Detection(left, top, right, bottom, classIndex, score));
        }
    }

    private protected static ReadOnlySpan<float> Require(OutputReader outputs, string name)
    {
        ReadOnlySpan<float> values = outputs(name);
        return values.IsEmpty
            ? throw new InputException("the model has no such output", $"output '{name}'", "Correct the name in the model's description")
            : values;
    }
}
