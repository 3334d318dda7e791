using System.Text;
using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Tests;

/// <summary>Builds small ONNX models.</summary>
internal sealed class OnnxBuilder
{
    private readonly Random _random = new(7);

    public OnnxBuilder(int opset = 13)
    {
        Model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "test" } };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
    }

    public ModelProto Model { get; }

    /// <summary>Inputs with random data in [-2, 2) (integers for int8 and uint8).</summary>
    public Dictionary<string, (float[] Data, int[] Dims)> Feeds { get; } = [];

    public OnnxBuilder Input(string name, params int[] dims) => Input(name, ElementTypes.Float, dims);

    public OnnxBuilder Input(string name, int type, int[] dims)
    {
        Model.Graph.Input.Add(Info(name, type, dims));
        var data = new float[dims.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = type == ElementTypes.Float ? (_random.NextSingle() * 4) - 2 : type == ElementTypes.UInt8 ? _random.Next(256) : _random.Next(-128, 128);
        }

        Feeds[name] = (data, dims);
        return this;
    }

    public OnnxBuilder Output(string name, int type = ElementTypes.Float)
    {
        var info = new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type } } };
        Model.Graph.Output.Add(info);
        return this;
    }

    public OnnxBuilder Constant(string name, Tensor tensor)
    {
        Model.Graph.Initializer.Add(TensorWriter.Write(tensor, name));
        return this;
    }

    public OnnxBuilder Weights(string name, params int[] dims)
    {
        var data = new float[dims.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = _random.NextSingle() - 0.4f;
        }

        return Constant(name, Tensor.Of(data, dims));
    }

    public OnnxBuilder Floats(string name, params float[] values) => Constant(name, Tensor.Of(values, values.Length));

    public OnnxBuilder Scalar(string name, float value) => Constant(name, Tensor.Of([value]));

    public OnnxBuilder Ints(string name, params long[] values) => Constant(name, Tensor.Of(DataType.Int64, values, values.Length));

    /// <summary>A node; inputs and outputs are lists separated by blanks, "-" is a missing one.</summary>
    public OnnxBuilder Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        string[] parts = op.Split(':');
        var node = new NodeProto { OpType = parts[^1], Domain = parts.Length > 1 ? parts[0] : "" };
        node.Input.AddRange(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => i == "-" ? "" : i));
        node.Output.AddRange(outputs.Split(' '));
        foreach ((string name, object value) in attributes)
        {
            var a = new AttributeProto { Name = name };
            switch (value)
            {
                case int i:
                    (a.Type, a.I) = (2, i);
                    break;
                case float f:
                    (a.Type, a.F) = (1, f);
                    break;
                case string s:
                    (a.Type, a.S) = (3, ByteString.CopyFrom(s, Encoding.UTF8));
                    break;
                case int[] ints:
                    a.Type = 7;
                    a.Ints.AddRange(ints.Select(v => (long)v));
                    break;
                case float[] floats:
                    a.Type = 6;
                    a.Floats.AddRange(floats);
                    break;
                default:
                    throw new ArgumentException(name);
            }

            node.Attribute.Add(a);
        }

        Model.Graph.Node.Add(node);
        return this;
    }

    private static ValueInfoProto Info(string name, int type, int[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } } };
    }
}
