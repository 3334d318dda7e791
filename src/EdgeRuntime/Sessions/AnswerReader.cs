using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;

namespace EdgeRuntime.Sessions;

/// <summary>Reads a session's outputs as the input specification says. Allocates nothing per answer.</summary>
public sealed class AnswerReader
{
    private readonly Bundle _bundle;
    private readonly InputSpec _spec;
    private readonly DetectionDecoder? _decoder;
    private readonly OutputReader _outputs;
    private readonly List<Detection> _found = [];
    private readonly Classification[] _best;
    private readonly float[][] _values;
    private readonly int _scores;
    private int _count;

    /// <summary>Prepares for a bundle.</summary>
    /// <param name="bundle">The network.</param>
    /// <param name="spec">What its outputs mean.</param>
    /// <param name="top">Classes wanted; 1 or more.</param>
    /// <exception cref="BundleException">The specification does not fit the network.</exception>
    public AnswerReader(Bundle bundle, InputSpec spec, int top)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(spec);
        _bundle = bundle;
        _spec = spec;
        _values = Array.ConvertAll(bundle.Outputs, p => new float[PortLayout.Of(p).Count]);
        _outputs = ValuesOf;
        try
        {
            _decoder = spec.Task == VisionTask.Detection ? DetectionDecoder.Create(spec) : null;
            _scores = spec.Task == VisionTask.Classification ? ScoresOutput() : -1;
        }
        catch (InputException e)
        {
            throw Unfit(e);
        }

        _best = new Classification[_scores < 0 ? 0 : Math.Clamp(top, 0, Math.Max(_values[_scores].Length - spec.FirstClass, 0))];
    }

    /// <summary>Classification: the best classes, best first, as shares.</summary>
    public ReadOnlySpan<Classification> Classes => _best.AsSpan(0, _count);

    /// <summary>Detection: what was found, best first, in fractions of the picture.</summary>
    public ReadOnlySpan<Detection> Detections => CollectionsMarshal.AsSpan(_found);

    /// <summary>
    /// How sure the answer is, 0 to 1: the lead of the best class over the second; the least lead of a box over the score threshold, in shares of what is
    /// possible (1 where nothing is found); NaN for other tasks.
    /// </summary>
    public float Margin { get; private set; }

    /// <summary>Values of an output after <see cref="Read"/>, in the order of the ONNX model.</summary>
    public ReadOnlySpan<float> Values(int output) => _values[output];

    /// <summary>Reads the answer after a run.</summary>
    /// <param name="session">The session that ran.</param>
    /// <param name="preprocessor">What fed it: knows where the model's input lies on the picture.</param>
    /// <param name="pictureWidth">Size of the picture.</param>
    /// <param name="pictureHeight">Size of the picture.</param>
    public void Read(Session session, Preprocessor preprocessor, int pictureWidth, int pictureHeight)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(preprocessor);
        for (int i = 0; i < _values.Length; i++)
        {
            session.GetOutput(i, _values[i]);
        }

        Margin = float.NaN;
        if (_scores >= 0)
        {
            _count = Classification.Top(_values[_scores], _spec, _best);
            Margin = Lead();
        }
        else if (_decoder is not null)
        {
            Detect(preprocessor, pictureWidth, pictureHeight);
        }
    }

    private ReadOnlySpan<float> ValuesOf(string name)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            if (_bundle.Outputs[i].Name == name)
            {
                return _values[i];
            }
        }

        return default;
    }

    private float Lead()
    {
        if (_best.Length > 1)
        {
            return _count > 1 ? _best[0].Score - _best[1].Score : 1;
        }

        // Only one class was asked for; the margin needs the second too.
        Span<Classification> two = stackalloc Classification[2];
        return Classification.Top(_values[_scores], _spec, two) > 1 ? two[0].Score - two[1].Score : 1;
    }

    private void Detect(Preprocessor preprocessor, int width, int height)
    {
        try
        {
            _decoder!.Decode(_outputs, _found);
        }
        catch (InputException e)
        {
            throw Unfit(e);
        }

        float threshold = _spec.Detector!.ScoreThreshold;
        Margin = 1;
        foreach (ref Detection found in CollectionsMarshal.AsSpan(_found))
        {
            Margin = Math.Min(Margin, threshold < 1 ? (found.Score - threshold) / (1 - threshold) : 1);

            // The model may have seen a crop; people and the annotator look at the whole picture.
            (float left, float top) = preprocessor.ToPicture(found.Left, found.Top, width, height);
            (float right, float bottom) = preprocessor.ToPicture(found.Right, found.Bottom, width, height);
            found = found with { Left = left, Top = top, Right = right, Bottom = bottom };
        }
    }

    private int ScoresOutput()
    {
        if (_spec.OutputName.Length == 0 && _bundle.Outputs.Length == 1)
        {
            return 0;
        }

        int index = Array.FindIndex(_bundle.Outputs, p => p.Name == _spec.OutputName);
        return index >= 0 ? index : throw new InputException(
            $"the model has no output '{_spec.OutputName}' (it has {string.Join(", ", Array.ConvertAll(_bundle.Outputs, p => $"'{p.Name}'"))})",
            "output.name",
            "Name the output that holds the scores");
    }

    private static BundleException Unfit(InputException e) => new($"The input specification in the bundle does not fit its network: {e.Message}", e);
}
