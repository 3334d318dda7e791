using EdgeRuntime.Bundles;
using Google.Protobuf;
using ModelPacker.Emit;
using ModelPacker.Gradients;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;
using ModelPacker.Lower;
using ModelPacker.Simplify;

namespace ModelPacker.Train;

/// <summary>An ONNX model whose weights can be taken out as an fp32 bundle and put back.</summary>
/// <remarks>Where each weight goes on its way through import, passes and lowering is found by sending numbers of places through in the weights' stead.</remarks>
internal sealed class TrainableModel
{
    // Places are sent in two parts, either of which fp32 holds exactly.
    private const int Part = 1 << 12;

    private readonly ModelProto _model;
    private readonly string _path;
    private readonly ImportOptions _import;
    private readonly Initializers _tensors;
    private readonly List<TrainableLayer> _layers;

    private TrainableModel(ModelProto model, string path, ImportOptions import)
    {
        _model = model;
        _path = path;
        _import = import;
        _tensors = new Initializers(model, Folder(path));
        BatchNormFolding.Run(model, _tensors);
        MissingBiases.Add(model, _tensors);
        _layers = FindLayers();
    }

    /// <summary>Layers that can be trained: all that have weights.</summary>
    public IReadOnlyList<TrainableLayer> Layers => _layers;

    /// <summary>Reads a model. Batch normalisation is folded, and layers without bias get one of zeros.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="import">Shapes that it leaves open.</param>
    /// <exception cref="ModelException">It cannot be imported, or some layers' weights are not stored so that they can be put back (all are named).</exception>
    public static TrainableModel Open(string path, ImportOptions import) => new(OnnxImporter.Read(path), path, import);

    /// <summary>The network as an fp32 bundle.</summary>
    /// <param name="inputSpec">Input specification.</param>
    public Bundle ToBundle(byte[] inputSpec) => FloatEmitter.Emit(Lower(_model), inputSpec);

    /// <summary>Replaces weights and biases.</summary>
    /// <param name="weights">New weights of a layer, in the order of its tensor; gets the layer and the old ones.</param>
    /// <param name="bias">New bias; alike.</param>
    public void Replace(Func<TrainableLayer, float[], float[]> weights, Func<TrainableLayer, float[], float[]> bias)
    {
        foreach (TrainableLayer layer in _layers)
        {
            Tensor old = _tensors.Read(layer.Weights);
            Tensor oldBias = _tensors.Read(layer.Bias);
            _tensors.Write(layer.Weights, weights(layer, old.Floats!), old.Dims);
            _tensors.Write(layer.Bias, bias(layer, oldBias.Floats!), oldBias.Dims);
        }
    }

    /// <summary>Takes over the weights of a bundle that <see cref="ToBundle"/> made and that was trained since.</summary>
    public void TakeFrom(Bundle bundle)
        => Replace(
            (layer, old) =>
            {
                float[] trained = BundleConstants.Read<float>(bundle, bundle.Steps[layer.Step] is ConvolutionStep c ? c.Weights : ((DepthwiseStep)bundle.Steps[layer.Step]).Weights);
                for (int i = 0; i < trained.Length; i++)
                {
                    old[layer.Order[i]] = trained[i];
                }

                return old;
            },
            (layer, _) => BundleConstants.Read<float>(bundle, bundle.Steps[layer.Step] is ConvolutionStep c ? c.Bias : ((DepthwiseStep)bundle.Steps[layer.Step]).Bias));

    /// <summary>Writes the model.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        string temporary = path + ".tmp";
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                _model.WriteTo(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Folder(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private LoweredModel Lower(ModelProto model)
    {
        Graph graph = OnnxImporter.Import(model, _path, Folder(_path), _import);
        graph.Name = Path.GetFileNameWithoutExtension(_path);
        Passes.Run(graph);
        return Lowering.Lower(graph);
    }

    private List<TrainableLayer> FindLayers()
    {
        LoweredModel exact = Lower(_model);
        List<string> refused = [];
        List<(int Step, NodeProto Node, string Weights, string Bias)> found = [];
        foreach (int i in Enumerable.Range(0, exact.Steps.Count).Where(i => exact.Steps[i].Step is ConvolutionStep or DepthwiseStep))
        {
            string name = exact.Steps[i].Step.Name;
            (NodeProto? node, string bias, string? reason) = LayerNodes.Find(_model.Graph, _tensors, name);
            if (node is null)
            {
                refused.Add($"'{name}' {reason}");
            }
            else
            {
                found.Add((i, node, node.Input[1], bias));
            }
        }

        LoweredModel high = Numbered(found.ConvertAll(f => (f.Weights, f.Bias)), place => place / Part);
        LoweredModel low = Numbered(found.ConvertAll(f => (f.Weights, f.Bias)), place => place % Part);
        List<TrainableLayer> layers = [];
        foreach ((int step, NodeProto node, string weights, string bias) in found)
        {
            LoweredStep lowered = exact.Steps[step];
            int[]? order = Order(lowered.Weights!, high.Steps[step].Weights!, low.Steps[step].Weights!, _tensors.Read(weights).Floats!);
            int[]? biasOrder = Order(lowered.Bias!, high.Steps[step].Bias!, low.Steps[step].Bias!, _tensors.Read(bias).Floats!);
            if (order is null || biasOrder is null || !biasOrder.SequenceEqual(Enumerable.Range(0, biasOrder.Length)))
            {
                refused.Add($"'{lowered.Step.Name}' computes with other numbers than it stores, because of what stands before or behind it (a normalisation, a factor or a summand per channel)");
                continue;
            }

            int depth = lowered.Step is DepthwiseStep d ? d.Taps : lowered.Weights!.Length / lowered.Bias!.Length;
            layers.Add(new TrainableLayer(step, lowered.Step.Name, weights, bias, order, depth));
        }

        return refused.Count == 0 ? layers : throw new ModelException($"The weights of '{_path}' cannot be trained and put back: {string.Join("; ", refused)}. "
            + "Export the model with folded batch normalisation and constants, each layer with weights of its own (model.eval(), constant folding on).");
    }

    private LoweredModel Numbered(List<(string Weights, string Bias)> tensors, Func<int, int> part)
    {
        ModelProto clone = _model.Clone();
        Initializers numbers = new(clone, Folder(_path));
        foreach (string name in tensors.SelectMany(t => new[] { t.Weights, t.Bias }))
        {
            Tensor tensor = _tensors.Read(name);
            numbers.Write(name, [.. Enumerable.Range(0, tensor.Count).Select(p => (float)part(p))], tensor.Dims);
        }

        return Lower(clone);
    }

    // Null unless every number arrived where it says that it came from, and each of them once.
    private static int[]? Order(float[] arrived, float[] high, float[] low, float[] stored)
    {
        if (arrived.Length != stored.Length)
        {
            return null;
        }

        int[] order = new int[arrived.Length];
        bool[] taken = new bool[arrived.Length];
        for (int i = 0; i < order.Length; i++)
        {
            double place = ((double)high[i] * Part) + low[i];
            if (!(place >= 0 && place < order.Length && place == Math.Floor(place)) || taken[(int)place] || stored[(int)place] != arrived[i])
            {
                return null;
            }

            order[i] = (int)place;
            taken[order[i]] = true;
        }

        return order;
    }
}
