using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Simplify;

namespace ModelPacker.Tune;

/// <summary>Remakes an ONNX network with less to compute and without perforation: what a perforated network has to be better than.</summary>
/// <remarks>The model is edited before it is imported, so that the importer finds the shapes behind the edit, or says why there are none. Poolings of a whole map
/// become global ones first: they mean the same and fit every size.</remarks>
/// <param name="options">How the network itself was packed; the variants are packed alike.</param>
/// <param name="spec">What its input and outputs mean.</param>
/// <param name="progress">Told of the stages.</param>
/// <param name="cancel">Stops the work.</param>
public sealed class ModelVariants(PackOptions options, InputSpec spec, IPackProgress progress, CancellationToken cancel)
{
    // Some networks downsample and upsample, or pad, in ways that fit even sizes only: multiples of more and more are tried.
    private static readonly int[] Units = [1, 2, 4, 8, 16, 32];

    private readonly Graph _graph = ModelFile.ReadGraph(options.Model, options.InputSpec);

    /// <summary>The dense network for a smaller picture.</summary>
    /// <param name="share">Of the height and of the width, in (0, 1).</param>
    /// <exception cref="ModelException">The network takes no other size.</exception>
    public ModelVariant Smaller(double share)
    {
        return FirstThatFits(Units.Select(u => (Height: Side(spec.Height, share, u), Width: Side(spec.Width, share, u)))
            .Where(s => s.Height < spec.Height && s.Width < spec.Width), s => Smaller(s.Height, s.Width));
    }

    /// <summary>The network whose first k×k convolution computes a grid of its sites only, and whose other layers run on that smaller map, without interpolation
    /// (the fractional stride of Figurnov et al., NIPS 2016).</summary>
    /// <param name="share">Share of the sites to keep, in (0, 1).</param>
    /// <param name="seed">Seed of the grid's shift.</param>
    /// <exception cref="ModelException">The network takes no smaller map there.</exception>
    public ModelVariant Strided(double share, int seed)
    {
        Node first = _graph.Nodes.Find(n => n.Operator is Convolution c && c.Kernel.Any(k => k > 1) && n.Output.Dims is [1, _, > 1, > 1])
            ?? throw new ModelException("It has no k×k convolution over a picture.");
        (int height, int width) = (first.Output.Dims[2], first.Output.Dims[3]);

        // The share whose grid has a wanted number of lines: a little above it, so that the rounding down of the grid leaves them all.
        return FirstThatFits(Units.Select(u => u == 1 ? share : Math.Pow((Side(height, Math.Sqrt(share), u) + 0.01) / height, 2)).Where(s => s < 1),
            s => Strided(first, new MaskMaker(height, width).Make(MaskKind.Grid, s, seed)));
    }

    // What is in the way of the first one is what people are told.
    private static ModelVariant FirstThatFits<T>(IEnumerable<T> sizes, Func<T, ModelVariant> make)
    {
        ModelException? failure = null;
        foreach (T size in sizes.Distinct())
        {
            try
            {
                return make(size);
            }
            catch (ModelException e)
            {
                failure ??= e;
            }
        }

        throw failure ?? new ModelException("It is too small for that.");
    }

    private ModelVariant Strided(Node first, Support grid)
    {
        (int height, int width) = (first.Output.Dims[2], first.Output.Dims[3]);
        ModelProto model = Edited();
        Pick(model, first.Output.Name, [.. grid.Kept.Select(s => s / width).Distinct()], [.. grid.Kept.Select(s => s % width).Distinct()]);
        Bundle bundle = Pack(model, spec, new ImportOptions { InputShapes = Shapes(spec.Height, spec.Width) });

        // What is not picked need not be computed either.
        Perforator perforator = new(bundle);
        int step = Array.FindIndex(bundle.Steps, s => s.Name == first.Name);
        if (step < 0 || !perforator.CanPerforate(step) || bundle.Points[0].Rows[bundle.Steps[step].Output] != height * width)
        {
            bundle.Dispose();
            throw new ModelException($"'{first.Name}' cannot compute some of its sites alone.");
        }

        PointAssembler assembler = new(bundle);
        assembler.Add("strided", perforator.Compile(new Dictionary<int, Support> { [step] = grid }));
        return new ModelVariant(assembler.Build([]), 1, spec, (double)grid.Kept.Length / grid.Sites);
    }

    private static int Side(int full, double share, int unit) => Math.Max(1, (int)Math.Round(full * share / unit)) * unit;

    private ModelVariant Smaller(int height, int width)
    {
        InputSpec small = spec with { Height = height, Width = width };
        Bundle bundle = Pack(Edited(), small, new ImportOptions { InputShapes = Shapes(height, width) });
        return new ModelVariant(bundle, 0, small, (double)height * width / ((double)spec.Height * spec.Width));
    }

    private Dictionary<string, int[]> Shapes(int height, int width)
    {
        Value input = _graph.Inputs is [{ Dims.Length: 4 } only] ? only : throw new ModelException("It does not take one picture.");
        int axis = input.Dims[1] == spec.Height && input.Dims[2] == spec.Width ? 1 : 2;
        int[] dims = [.. input.Dims];
        (dims[axis], dims[axis + 1]) = (height, width);
        return new Dictionary<string, int[]> { [input.Name] = dims };
    }

    private ModelProto Edited()
    {
        ModelProto model = OnnxImporter.Read(options.Model);
        foreach (Node node in _graph.Nodes.Where(IsWholeMap))
        {
            NodeProto? proto = model.Graph.Node.FirstOrDefault(n => n.Name == node.Name || n.Output[0] == node.Name);
            if (proto?.OpType is "AveragePool" or "MaxPool")
            {
                proto.OpType = "Global" + proto.OpType;
                proto.Attribute.Clear();
            }
        }

        return model;
    }

    private static bool IsWholeMap(Node node)
        => node.Operator is Pool p && p.Kernel.SequenceEqual(node.Inputs[0].Dims[2..]) && node.Output.Dims[2..].All(d => d == 1) && p.PadsBegin.Concat(p.PadsEnd).All(v => v == 0);

    // Whoever reads the tensor reads the picked rows and columns of it.
    private static void Pick(ModelProto model, string tensor, long[] rows, long[] columns)
    {
        int producer = Enumerable.Range(0, model.Graph.Node.Count).FirstOrDefault(i => model.Graph.Node[i].Output.Contains(tensor), -1);
        if (producer < 0 || model.Graph.Output.Any(o => o.Name == tensor))
        {
            throw new ModelException($"'{tensor}' is an answer of the network, so its sites cannot be picked.");
        }

        string picked = tensor + "/picked";
        foreach (NodeProto node in model.Graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                node.Input[i] = node.Input[i] == tensor ? picked : node.Input[i];
            }
        }

        model.Graph.Node.Insert(producer + 1, Gather(model, tensor, tensor + "/rows", 2, rows));
        model.Graph.Node.Insert(producer + 2, Gather(model, tensor + "/rows", picked, 3, columns));
    }

    private static NodeProto Gather(ModelProto model, string input, string output, int axis, long[] positions)
    {
        string indices = output + "/positions";
        model.Graph.Initializer.Add(TensorWriter.Write(Tensor.Of(DataType.Int64, positions, positions.Length), indices));
        NodeProto node = new() { OpType = "Gather", Name = output };
        node.Input.Add([input, indices]);
        node.Output.Add(output);
        node.Attribute.Add(new AttributeProto { Name = "axis", Type = 2, I = axis });
        return node;
    }

    private Bundle Pack(ModelProto model, InputSpec wanted, ImportOptions import)
    {
        Graph graph;
        try
        {
            graph = OnnxImporter.Import(model, options.Model, Path.GetDirectoryName(Path.GetFullPath(options.Model))!, import);
        }
        catch (ModelException e)
        {
            // The model itself is valid, whatever the importer advises about the edited one.
            throw new ModelException($"It takes no smaller map: {e.Message.ReplaceLineEndings(" ").Split(". ")[0].TrimEnd('.')}.", e);
        }

        graph.Name = _graph.Name;
        Passes.Run(graph);
        if (!graph.Outputs.Zip(_graph.Outputs).All(o => o.First.Dims.SequenceEqual(o.Second.Dims)))
        {
            throw new ModelException("Its answers would have another shape and could not be compared.");
        }

        return new PackPipeline(options, new Quiet(progress), null).Run(graph, wanted, cancel).Bundle;
    }

    // The network's own packing has said what there is to warn of.
    private sealed class Quiet(IPackProgress progress) : IPackProgress
    {
        public void Begin(string name, int total) => progress.Begin(name, total);

        public void Advance(int done) => progress.Advance(done);

        public void Warn(string message)
        {
        }
    }
}
