using EdgeRuntime.Bundles;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>Feeds pictures to a session and reads its outputs as the input specification says.</summary>
internal sealed class PictureAnswers
{
    private readonly Session _session;
    private readonly Bundle _bundle;
    private readonly PictureInput _input;
    private readonly DetectionDecoder? _decoder;
    private readonly List<Detection> _found = [];
    private readonly float[][] _values;
    private readonly int _scores;
    private readonly int _top;

    /// <param name="loaded">Model and session.</param>
    /// <param name="top">Classes wanted.</param>
    /// <exception cref="EdgeRuntimeException">The bundle does not say how pictures are fed, or does not fit what it says.</exception>
    public PictureAnswers(LoadedModel loaded, int top)
    {
        _session = loaded.Session;
        _bundle = loaded.Bundle;
        _top = top;
        Spec = InputSpecs.Of(_bundle);
        _input = new PictureInput(_bundle, Spec);
        _values = Array.ConvertAll(_bundle.Outputs, p => new float[PortLayout.Of(p).Count]);
        try
        {
            _decoder = Spec.Task == VisionTask.Detection ? DetectionDecoder.Create(Spec) : null;
            _scores = Spec.Task == VisionTask.Classification ? ScoresOutput() : -1;
        }
        catch (InputException e)
        {
            throw new BundleException($"The input specification in the bundle does not fit its network: {e.Message}", e);
        }
    }

    /// <summary>How pictures are prepared and answers are read.</summary>
    public InputSpec Spec { get; }

    /// <summary>Writes a picture into the session's input.</summary>
    public void Feed(Picture picture) => _input.Feed(_session, picture);

    /// <summary>Reads the answer after a run.</summary>
    public PictureAnswer Read(string file, Picture picture, double prepareMilliseconds, double inferenceMilliseconds)
    {
        for (int i = 0; i < _values.Length; i++)
        {
            _session.GetOutput(i, _values[i]);
        }

        return new PictureAnswer(file, picture, prepareMilliseconds, inferenceMilliseconds,
            _scores < 0 ? null : Classification.Top(_values[_scores], Spec, _top),
            _decoder is null ? null : Detect(picture),
            Spec.Task == VisionTask.Other ? Summaries() : null,
            _session.HashOutputs());
    }

    /// <summary>The picture with its answer drawn on it.</summary>
    public Picture Draw(PictureAnswer answer)
        => answer.Classes is { } classes ? Annotator.Classes(answer.Picture, classes, Spec)
        : answer.Detections is { } detections ? Annotator.Detections(answer.Picture, detections, Spec)
        : Annotator.Caption(answer.Picture, _bundle.Name);

    private Detection[] Detect(Picture picture)
    {
        try
        {
            _decoder!.Decode(name => Array.FindIndex(_bundle.Outputs, p => p.Name == name) is >= 0 and int i ? _values[i] : default(ReadOnlySpan<float>), _found);
        }
        catch (InputException e)
        {
            throw new BundleException($"The input specification in the bundle does not fit its network: {e.Message}", e);
        }

        return Array.ConvertAll(_found.ToArray(), d => OnPicture(d, picture));
    }

    // The model may have seen a crop; people and the annotator look at the whole picture.
    private Detection OnPicture(Detection detection, Picture picture)
    {
        Preprocessor preprocessor = _input.Preprocessor;
        (float left, float top) = preprocessor.ToPicture(detection.Left, detection.Top, picture.Width, picture.Height);
        (float right, float bottom) = preprocessor.ToPicture(detection.Right, detection.Bottom, picture.Width, picture.Height);
        return detection with { Left = left, Top = top, Right = right, Bottom = bottom };
    }

    private int ScoresOutput()
    {
        if (Spec.OutputName.Length == 0 && _bundle.Outputs.Length == 1)
        {
            return 0;
        }

        int index = Array.FindIndex(_bundle.Outputs, p => p.Name == Spec.OutputName);
        return index >= 0 ? index : throw new InputException(
            $"the model has no output '{Spec.OutputName}' (it has {string.Join(", ", Array.ConvertAll(_bundle.Outputs, p => $"'{p.Name}'"))})",
            "output.name",
            "Name the output that holds the scores");
    }

    private OutputSummary[] Summaries()
    {
        OutputSummary[] summaries = new OutputSummary[_values.Length];
        for (int i = 0; i < summaries.Length; i++)
        {
            summaries[i] = OutputSummary.Of(_bundle.Outputs[i].Name, _bundle.Outputs[i].Dims, _values[i]);
        }

        return summaries;
    }
}
