using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>Feeds pictures to a session and reads its outputs as the input specification says.</summary>
internal sealed class PictureAnswers
{
    private readonly Session _session;
    private readonly Bundle _bundle;
    private readonly PictureInput _input;
    private readonly AnswerReader _reader;

    /// <param name="loaded">Model and session.</param>
    /// <param name="top">Classes wanted.</param>
    /// <exception cref="EdgeRuntimeException">The bundle does not say how pictures are fed, or does not fit what it says.</exception>
    public PictureAnswers(LoadedModel loaded, int top)
    {
        _session = loaded.Session;
        _bundle = loaded.Bundle;
        Spec = InputSpecs.Of(_bundle);
        _input = new PictureInput(_bundle, Spec);
        _reader = new AnswerReader(_bundle, Spec, top);
    }

    /// <summary>How pictures are prepared and answers are read.</summary>
    public InputSpec Spec { get; }

    /// <summary>Writes a picture into the session's input.</summary>
    public void Feed(Picture picture) => _input.Feed(_session, picture);

    /// <summary>Reads the answer after a run.</summary>
    public PictureAnswer Read(string file, Picture picture, double prepareMilliseconds, double inferenceMilliseconds)
    {
        _reader.Read(_session, _input.Preprocessor, picture.Width, picture.Height);
        return new PictureAnswer(file, picture, prepareMilliseconds, inferenceMilliseconds,
            Spec.Task == VisionTask.Classification ? _reader.Classes.ToArray() : null,
            Spec.Task == VisionTask.Detection ? _reader.Detections.ToArray() : null,
            Spec.Task == VisionTask.Other ? Summaries() : null,
            _session.HashOutputs());
    }

    /// <summary>The picture with its answer drawn on it.</summary>
    public Picture Draw(PictureAnswer answer)
        => answer.Classes is { } classes ? Annotator.Classes(answer.Picture, classes, Spec)
        : answer.Detections is { } detections ? Annotator.Detections(answer.Picture, detections, Spec)
        : Annotator.Caption(answer.Picture, _bundle.Name);

    private OutputSummary[] Summaries()
    {
        OutputSummary[] summaries = new OutputSummary[_bundle.Outputs.Length];
        for (int i = 0; i < summaries.Length; i++)
        {
            summaries[i] = OutputSummary.Of(_bundle.Outputs[i].Name, _bundle.Outputs[i].Dims, _reader.Values(i));
        }

        return summaries;
    }
}
