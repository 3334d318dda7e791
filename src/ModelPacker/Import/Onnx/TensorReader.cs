using System.Buffers.Binary;
using System.Globalization;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Reads stored tensors: typed fields, raw bytes, or files beside the model.</summary>
internal static class TensorReader
{
    /// <summary>Reads a tensor.</summary>
    /// <param name="proto">The stored tensor.</param>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="folder">The model's folder, for external data; null: none allowed.</param>
    /// <exception cref="ModelException">The data do not fit the declared type and shape.</exception>
    public static Tensor Read(TensorProto proto, string what, string? folder)
    {
        int[] dims = Dims(proto, what, out long count);
        DataType? type = ElementTypes.ToDataType(proto.DataType);
        if (type is null)
        {
            throw new ModelException($"{what} has element type {ElementTypes.NameOf(proto.DataType)}, which is not supported. Convert it to float, int8, uint8, int32 or int64.");
        }

        ReadOnlySpan<byte> raw = default;
        bool isRaw = false;
        if (proto.DataLocation == 1)
        {
            raw = External(proto, what, folder);
            isRaw = true;
        }
        else if (proto.HasRawData)
        {
            raw = proto.RawData.Span;
            isRaw = true;
        }

        if (isRaw)
        {
            int size = SizeOf(proto.DataType);
            if (raw.Length != count * size)
            {
                throw new ModelException($"{what} of shape [{string.Join(", ", dims)}] and type {ElementTypes.NameOf(proto.DataType)} needs {count * size} bytes but has {raw.Length}. The file is damaged: export or download it again.");
            }

            return FromRaw(proto.DataType, type.Value, raw, dims, (int)count);
        }

        return FromFields(proto, type.Value, dims, count, what);
    }

    private static int[] Dims(TensorProto proto, string what, out long count)
    {
        count = 1;
        var dims = new int[proto.Dims.Count];
        for (int i = 0; i < dims.Length; i++)
        {
            long d = proto.Dims[i];
            if (d < 0 || d > int.MaxValue)
            {
                throw new ModelException($"{what} has the impossible extent {d}. The file is damaged: export or download it again.");
            }

            dims[i] = (int)d;
            count *= d;
            if (count > int.MaxValue)
            {
                throw new ModelException($"{what} has too many elements for one tensor.");
            }
        }

        return dims;
    }

    private static int SizeOf(int type) => type switch
    {
        ElementTypes.Double or ElementTypes.Int64 => 8,
        ElementTypes.Float or ElementTypes.Int32 => 4,
        ElementTypes.Float16 or ElementTypes.BFloat16 => 2,
        _ => 1,
    };

    private static Tensor FromRaw(int stored, DataType type, ReadOnlySpan<byte> raw, int[] dims, int count)
    {
        if (type == DataType.Float)
        {
            var floats = new float[count];
            for (int i = 0; i < count; i++)
            {
                floats[i] = stored switch
                {
                    ElementTypes.Float => BinaryPrimitives.ReadSingleLittleEndian(raw[(4 * i)..]),
                    ElementTypes.Double => (float)BinaryPrimitives.ReadDoubleLittleEndian(raw[(8 * i)..]),
                    ElementTypes.Float16 => (float)BinaryPrimitives.ReadHalfLittleEndian(raw[(2 * i)..]),
                    _ => BFloat16(BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..])),
                };
            }

            return Tensor.Of(floats, dims);
        }

        var integers = new long[count];
        for (int i = 0; i < count; i++)
        {
            integers[i] = type switch
            {
                DataType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(raw[(8 * i)..]),
                DataType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(raw[(4 * i)..]),
                DataType.Int8 => (sbyte)raw[i],
                DataType.Bool => raw[i] != 0 ? 1 : 0,
                _ => raw[i],
            };
        }

        return Tensor.Of(type, integers, dims);
    }

    private static Tensor FromFields(TensorProto proto, DataType type, int[] dims, long count, string what)
    {
        long stored = proto.DataType switch
        {
            ElementTypes.Float => proto.FloatData.Count,
            ElementTypes.Double => proto.DoubleData.Count,
            ElementTypes.Int64 => proto.Int64Data.Count,
            _ => proto.Int32Data.Count,
        };
        if (stored != count)
        {
            throw new ModelException($"{what} of shape [{string.Join(", ", dims)}] needs {count} elements but has {stored}. The file is damaged: export or download it again.");
        }

        switch (proto.DataType)
        {
            case ElementTypes.Float:
                return Tensor.Of([.. proto.FloatData], dims);
            case ElementTypes.Double:
                return Tensor.Of(proto.DoubleData.Select(d => (float)d).ToArray(), dims);
            case ElementTypes.Float16:
                return Tensor.Of(proto.Int32Data.Select(v => (float)BitConverter.UInt16BitsToHalf((ushort)v)).ToArray(), dims);
            case ElementTypes.BFloat16:
                return Tensor.Of(proto.Int32Data.Select(v => BFloat16((ushort)v)).ToArray(), dims);
            case ElementTypes.Int64:
                return Tensor.Of(type, [.. proto.Int64Data], dims);
            default:
                return Tensor.Of(type, proto.Int32Data.Select(v => Narrow(type, v)).ToArray(), dims);
        }
    }

    private static long Narrow(DataType type, int v) => type switch
    {
        DataType.Int8 => (sbyte)v,
        DataType.UInt8 => (byte)v,
        DataType.Bool => v != 0 ? 1 : 0,
        _ => v,
    };

    private static float BFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    private static byte[] External(TensorProto proto, string what, string? folder)
    {
        string? location = null;
        long offset = 0;
        long? length = null;
        foreach (StringStringEntryProto entry in proto.ExternalData)
        {
            switch (entry.Key)
            {
                case "location":
                    location = entry.Value;
                    break;
                case "offset":
                    offset = Number(entry, what);
                    break;
                case "length":
                    length = Number(entry, what);
                    break;
                default:
                    break;
            }
        }

        if (string.IsNullOrEmpty(location) || folder is null || location.Contains('\0'))
        {
            throw new ModelException($"{what} is stored outside the model, but the model does not say in which file.");
        }

        string root = Path.GetFullPath(folder);
        string path = Path.GetFullPath(Path.Combine(root, location));
        if (!path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ModelException($"{what} is stored in '{location}', outside the model's folder. Put the data file beside the model and export it with a relative path.");
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            long size = length ?? file.Length - offset;
            if (offset < 0 || size < 0 || offset > file.Length - size || size > int.MaxValue)
            {
                throw new ModelException($"{what}: bytes {offset}…{offset + size} lie outside '{location}' ({file.Length} bytes). The data file does not belong to this model, or is damaged.");
            }

            var bytes = new byte[size];
            file.Position = offset;
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{what} is stored in '{location}', which cannot be read ({e.Message}). Copy the data file together with the model.", e);
        }
    }

    private static long Number(StringStringEntryProto entry, string what) =>
        long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long v)
            ? v
            : throw new ModelException($"{what}: external data {entry.Key} '{entry.Value}' is not a number.");
}
