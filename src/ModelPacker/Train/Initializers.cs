using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Train;

/// <summary>The stored tensors of an ONNX model, to read and to replace.</summary>
internal sealed class Initializers
{
    private readonly GraphProto _graph;

    /// <summary>Takes what lies in files of its own into the model, so that it can be written elsewhere.</summary>
    /// <param name="model">The model; edited in place.</param>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="ModelException">A tensor cannot be read.</exception>
    public Initializers(ModelProto model, string folder)
    {
        _graph = model.Graph;
        for (int i = 0; i < _graph.Initializer.Count; i++)
        {
            TensorProto proto = _graph.Initializer[i];
            if (proto.DataLocation != 0)
            {
                _graph.Initializer[i] = TensorWriter.Write(TensorReader.Read(proto, $"Initializer '{proto.Name}'", folder), proto.Name);
            }
        }
    }

    /// <summary>Whether there is an fp32 tensor of this name.</summary>
    public bool HasFloats(string name) => Find(name)?.DataType == ElementTypes.Float;

    /// <summary>Reads a tensor.</summary>
    public Tensor Read(string name) => TensorReader.Read(Find(name)!, $"Initializer '{name}'", null);

    /// <summary>Replaces a tensor, or adds one.</summary>
    public void Write(string name, float[] values, params int[] dims)
    {
        TensorProto proto = TensorWriter.Write(Tensor.Of(values, dims), name);
        int place = Find(name) is { } old ? _graph.Initializer.IndexOf(old) : _graph.Initializer.Count;
        if (place < _graph.Initializer.Count)
        {
            _graph.Initializer[place] = proto;
        }
        else
        {
            _graph.Initializer.Add(proto);
        }
    }

    /// <summary>Removes a tensor; in old models it may be listed as an input too.</summary>
    public void Remove(string name)
    {
        _graph.Initializer.Remove(Find(name)!);
        if (_graph.Input.FirstOrDefault(i => i.Name == name) is { } input)
        {
            _graph.Input.Remove(input);
        }
    }

    /// <summary>How many inputs of nodes, and outputs of the graph, name a value.</summary>
    public int Uses(string name) => _graph.Node.Sum(n => n.Input.Count(i => i == name)) + _graph.Output.Count(o => o.Name == name);

    private TensorProto? Find(string name) => _graph.Initializer.FirstOrDefault(t => t.Name == name);
}
