using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;

namespace ConformanceRunner;

/// <summary>One folder of the suite: a model, and sets of inputs with the outputs they must give.</summary>
internal sealed class ConformanceCase
{
    private readonly string _folder;

    public ConformanceCase(string folder)
    {
        _folder = folder;
        using FileStream stream = File.OpenRead(ModelPath);
        Model = ModelProto.Parser.ParseFrom(stream);
    }

    /// <summary>The model's file.</summary>
    public string ModelPath => Path.Combine(_folder, "model.onnx");

    /// <summary>The model.</summary>
    public ModelProto Model { get; }

    /// <summary>The op type of a model of one node; else the first word of the case's name.</summary>
    public string Operator
    {
        get
        {
            string[] types = [.. Model.Graph.Node.Select(n => n.OpType).Where(t => t != "Constant").DefaultIfEmpty("Constant")];
            string name = Path.GetFileName(_folder);
            return types.Length == 1 ? types[0] : name[(name.StartsWith("test_", StringComparison.Ordinal) ? 5 : 0)..].Split('_')[0] + " (several nodes)";
        }
    }

    /// <summary>Folders of data sets.</summary>
    public string[] DataSets => [.. Directory.GetDirectories(_folder, "test_data_set_*").Order(StringComparer.Ordinal)];

    /// <summary>Inputs of a data set by name; optional inputs that are left out are absent.</summary>
    /// <exception cref="ModelPacker.Import.ModelException">A type that no tensor here can hold.</exception>
    public Dictionary<string, Tensor> Inputs(string set)
    {
        Dictionary<string, Tensor> inputs = [];
        for (int i = 0; i < Model.Graph.Input.Count; i++)
        {
            string path = Path.Combine(set, $"input_{i}.pb");
            if (File.Exists(path))
            {
                inputs[Model.Graph.Input[i].Name] = Read(path);
            }
        }

        return inputs;
    }

    /// <summary>Output of a data set.</summary>
    public static Tensor Output(string set, int index) => Read(Path.Combine(set, $"output_{index}.pb"));

    private static Tensor Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return TensorReader.Read(TensorProto.Parser.ParseFrom(stream), Path.GetFileName(path), null);
    }
}
