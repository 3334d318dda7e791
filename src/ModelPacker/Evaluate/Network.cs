using EdgeRuntime;
using EdgeRuntime.Governing;
using EdgeRuntime.Images;
using ModelPacker.Pipeline;

namespace ModelPacker.Evaluate;

/// <summary>A bundle or an ONNX file that predictors can be made of.</summary>
public sealed class Network : IDisposable
{
    private readonly string _path;
    private readonly EdgeModel? _bundle;

    private Network(string path, EdgeModel? bundle, InputSpec? spec)
    {
        _path = path;
        _bundle = bundle;
        Spec = spec;
    }

    /// <summary>How it wants its pictures; null where nobody says.</summary>
    public InputSpec? Spec { get; }

    /// <summary>Runs in ONNX Runtime.</summary>
    public bool IsOnnx => _bundle is null;

    /// <summary>Opens a network.</summary>
    /// <param name="path">.onnx: ONNX; anything else: a bundle.</param>
    /// <param name="givenSpec">Input specification that the user names, or null.</param>
    /// <exception cref="EdgeRuntimeException">Not there, or not usable.</exception>
    public static Network Open(string path, string? givenSpec)
    {
        ModelFile.Require(path);
        if (ModelFile.IsOnnx(path))
        {
            return new Network(path, null, ModelFile.FindSpec(path, givenSpec));
        }

        EdgeModel model = EdgeModel.Load(path);
        return new Network(path, model, ModelFile.SpecOf(model.Bundle, path, givenSpec));
    }

    /// <summary>Makes a predictor for one thread.</summary>
    /// <param name="spec">How pictures are prepared.</param>
    /// <param name="point">Operating point (bundles only).</param>
    public IPredictor CreatePredictor(InputSpec spec, string point)
        => _bundle is null ? new OnnxPredictor(_path, spec) : new BundlePredictor(_bundle, spec, point);

    /// <summary>The cascade of a bundle.</summary>
    /// <exception cref="EdgeRuntimeException">There is none.</exception>
    public Cascade RequireCascade()
        => (_bundle is null ? null : Cascade.FromBundle(_bundle.Bundle))
            ?? throw new EdgeRuntimeException($"'{_path}' has no cascade. Find its margins with 'modelpacker cascade {_path} --data PICTURES -o OUT.edge'.", 2);

    /// <summary>Makes a predictor that asks one point after another; for one thread.</summary>
    /// <param name="spec">How pictures are prepared.</param>
    /// <param name="cascade">From <see cref="RequireCascade"/>.</param>
    /// <param name="asked">Counts the pictures of each stage.</param>
    public IPredictor CreatePredictor(InputSpec spec, Cascade cascade, int[] asked) => new CascadePredictor(_bundle!, spec, cascade, asked);

    /// <inheritdoc/>
    public void Dispose() => _bundle?.Dispose();
}
