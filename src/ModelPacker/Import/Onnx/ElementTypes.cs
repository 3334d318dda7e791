using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx;

/// <summary>Element type numbers of the ONNX format.</summary>
internal static class ElementTypes
{
    public const int Float = 1;
    public const int UInt8 = 2;
    public const int Int8 = 3;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Bool = 9;
    public const int Float16 = 10;
    public const int Double = 11;
    public const int BFloat16 = 16;

    private static readonly string[] Names =
    [
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
        "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",
        "int4", "float4e2m1", "float8e8m0", "uint2", "int2",
    ];

    /// <summary>Name for messages.</summary>
    public static string NameOf(int type) => type >= 0 && type < Names.Length ? Names[type] : $"type {type}";

    /// <summary>The graph's type, or null where the importer has none.</summary>
    public static DataType? ToDataType(int type) => type switch
    {
        Float or Float16 or Double or BFloat16 => DataType.Float,
        UInt8 => DataType.UInt8,
        Int8 => DataType.Int8,
        Int32 => DataType.Int32,
        Int64 => DataType.Int64,
        Bool => DataType.Bool,
        _ => null,
    };

    /// <summary>The ONNX number of a graph type.</summary>
    public static int FromDataType(DataType type) => type switch
    {
        DataType.Float => Float,
        DataType.UInt8 => UInt8,
        DataType.Int8 => Int8,
        DataType.Int32 => Int32,
        DataType.Int64 => Int64,
        _ => Bool,
    };
}
