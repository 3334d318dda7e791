using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Device;

/// <summary>A bundle ready to answer frames: model, session, input and output. For one thread.</summary>
public sealed class Network : IDisposable
{
    private readonly EdgeModel _model;
    private readonly PictureInput _input;

    private Network(EdgeModel model, int threads, int top)
    {
        _model = model;
        try
        {
            Spec = InputSpecs.Of(model.Bundle);
            _input = new PictureInput(model.Bundle, Spec);
            Answer = new AnswerReader(model.Bundle, Spec, top);
            Labels = new ClassLabels(Spec);
            Session = model.CreateSession(threads);
            try
            {
                // Outputs of the wrong size must not be found out by the first frame, still less by the first after a hot swap.
                ReadAnswer(Spec.Width, Spec.Height);
            }
            catch
            {
                Session.Dispose();
                throw;
            }
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>The bundle.</summary>
    public Bundle Bundle => _model.Bundle;

    /// <summary>Runs it.</summary>
    public Session Session { get; }

    /// <summary>What it wants and means.</summary>
    public InputSpec Spec { get; }

    /// <summary>Reads the outputs.</summary>
    public AnswerReader Answer { get; }

    /// <summary>Names of its classes.</summary>
    public ClassLabels Labels { get; }

    /// <summary>Loads a bundle.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads, the caller included.</param>
    /// <param name="top">Classes wanted per answer.</param>
    /// <exception cref="BundleException">The file is missing, damaged, or does not say how pictures are fed.</exception>
    public static Network Load(string path, int threads, int top) => new(EdgeModel.Load(path), threads, top);

    /// <summary>Runs every point on the golden input and compares with what the packer recorded. Points without a record pass.</summary>
    /// <exception cref="EdgeRuntimeException">A point computes something else; exit code 4.</exception>
    public void Verify()
    {
        for (int i = 0; i < Bundle.Points.Length; i++)
        {
            Session.Point = i;
            Session.SetGoldenInput();
            Session.Run();
            if (Bundle.Points[i].GoldenHash is { } golden && golden != Session.HashOutputs())
            {
                throw new EdgeRuntimeException($"The bundle '{Bundle.Name}' failed verification: at point '{Bundle.Points[i].Name}' the outputs differ from those recorded. "
                    + "Copy the bundle again, or pack it with this version.", 4);
            }
        }

        Session.Point = 0;
    }

    /// <summary>Writes pixels into the input of the point in use.</summary>
    public void Feed(in PixelView view) => _input.Feed(Session, in view);

    /// <summary>Reads the answer of the last run.</summary>
    public void ReadAnswer(int pictureWidth, int pictureHeight) => Answer.Read(Session, _input.Preprocessor, pictureWidth, pictureHeight);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        _model.Dispose();
    }
}
