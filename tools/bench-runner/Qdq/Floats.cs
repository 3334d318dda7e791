using System.Runtime.InteropServices;
using Google.Protobuf;
using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>Reads and makes ONNX tensors.</summary>
internal static class Floats
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int Int32 = 6;

    /// <summary>The elements of a float tensor.</summary>
    public static float[] Read(TensorProto tensor) =>
        tensor.HasRawData ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : [.. tensor.FloatData];

    /// <summary>A tensor of any little-endian element type.</summary>
    public static TensorProto Make<T>(string name, int type, T[] values, params IEnumerable<long> dims)
        where T : unmanaged
    {
        TensorProto tensor = new() { Name = name, DataType = type, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<T>(values)) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }

    /// <summary>[rows, columns] → [columns, rows].</summary>
    public static float[] Transpose(float[] values, int rows, int columns)
    {
        float[] result = new float[values.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                result[(c * rows) + r] = values[(r * columns) + c];
            }
        }

        return result;
    }
}
