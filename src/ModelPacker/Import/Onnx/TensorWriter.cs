using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Stores constants in the ONNX format.</summary>
internal static class TensorWriter
{
    public static TensorProto Write(Tensor tensor, string name)
    {
        var proto = new TensorProto { Name = name, DataType = ElementTypes.FromDataType(tensor.Type) };
        proto.Dims.AddRange(tensor.Dims.Select(d => (long)d));
        proto.RawData = tensor.Type switch
        {
            DataType.Float => ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(tensor.Floats!)),
            DataType.Int64 => ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(tensor.Integers!)),
            DataType.Int32 => ByteString.CopyFrom(MemoryMarshal.AsBytes<int>(Array.ConvertAll(tensor.Integers!, v => (int)v))),
            _ => ByteString.CopyFrom(Array.ConvertAll(tensor.Integers!, v => (byte)v)),
        };
        return proto;
    }
}
