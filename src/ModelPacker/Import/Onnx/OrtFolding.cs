using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Computes a node of constants by running it alone in ONNX Runtime.</summary>
internal static class OrtFolding
{
    /// <summary>Defines the node's outputs as constants.</summary>
    public static void Evaluate(NodeImport n)
    {
        CheckSize(n);
        var graph = new GraphProto { Name = "fold" };
        NodeProto node = n.Proto.Clone();
        node.Input.Clear();
        for (int i = 0; i < n.InputCount; i++)
        {
            string name = n.Has(i) ? $"i{i}" : "";
            node.Input.Add(name);
            if (name.Length > 0)
            {
                graph.Initializer.Add(TensorWriter.Write(n.Input(i).Constant!, name));
            }
        }

        graph.Node.Add(node);
        var wanted = new List<int>();
        for (int i = 0; i < n.OutputCount; i++)
        {
            if (n.IsUsed(i))
            {
                wanted.Add(i);
                graph.Output.Add(new ValueInfoProto { Name = node.Output[i] });
            }
        }

        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = OnnxOperators.NormaliseDomain(n.Proto.Domain), Version = n.Opset });
        try
        {
            using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var session = new InferenceSession(model.ToByteArray(), options);
            using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([]);
            foreach (int i in wanted)
            {
                n.EmitConstant(Read(n, results.First(r => r.Name == node.Output[i])), i);
            }
        }
        catch (Exception e) when (e is OnnxRuntimeException or InvalidOperationException or NotSupportedException)
        {
            throw n.Refused($"its constant inputs cannot be evaluated ({e.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Run constant folding when exporting the model.");
        }
    }

    /// <summary>The result of broadcasting bounds what such nodes allocate.</summary>
    private static void CheckSize(NodeImport n)
    {
        int rank = n.Inputs.Max(v => v?.Dims.Length ?? 0);
        long count = 1;
        for (int axis = 1; axis <= rank; axis++)
        {
            count *= Math.Max(1, n.Inputs.Max(v => v is null || v.Dims.Length < axis ? 1 : v.Dims[^axis]));
            if (count > ImportContext.MaximumElements)
            {
                throw n.Refused("its constant inputs are too large to be evaluated", "Run constant folding when exporting the model.");
            }
        }
    }

    private static Graphs.Tensor Read(NodeImport n, NamedOnnxValue value)
    {
        static long[] Wide<T>(Tensor<T> t, Func<T, long> f) => [.. t.Select(f)];
        switch (value.Value)
        {
            case Tensor<float> t:
                return Graphs.Tensor.Of([.. t], t.Dimensions.ToArray());
            case Tensor<double> t:
                return Graphs.Tensor.Of([.. t.Select(v => (float)v)], t.Dimensions.ToArray());
            case Tensor<Float16> t:
                return Graphs.Tensor.Of([.. t.Select(v => (float)v)], t.Dimensions.ToArray());
            case Tensor<long> t:
                return Graphs.Tensor.Of(DataType.Int64, [.. t], t.Dimensions.ToArray());
            case Tensor<int> t:
                return Graphs.Tensor.Of(DataType.Int32, Wide(t, v => v), t.Dimensions.ToArray());
            case Tensor<byte> t:
                return Graphs.Tensor.Of(DataType.UInt8, Wide(t, v => v), t.Dimensions.ToArray());
            case Tensor<sbyte> t:
                return Graphs.Tensor.Of(DataType.Int8, Wide(t, v => v), t.Dimensions.ToArray());
            case Tensor<bool> t:
                return Graphs.Tensor.Of(DataType.Bool, Wide(t, v => v ? 1 : 0), t.Dimensions.ToArray());
            default:
                throw n.Refused($"its constant result has an element type that is not supported", "Run constant folding when exporting the model.");
        }
    }
}
