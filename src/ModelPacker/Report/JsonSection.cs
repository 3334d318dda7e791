using System.Buffers;
using MessagePack;

namespace ModelPacker.Report;

/// <summary>A section of a bundle that is one MessagePack binary, which holds UTF-8 JSON.</summary>
internal static class JsonSection
{
    /// <summary>The JSON; empty where there is none.</summary>
    /// <exception cref="MessagePackSerializationException">The bytes are something else.</exception>
    public static byte[] Read(byte[] section)
    {
        MessagePackReader reader = new(section);
        return reader.ReadBytes() is { } sequence ? BuffersExtensions.ToArray(sequence) : [];
    }

    /// <summary>The section.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    public static byte[] Write(byte[] json)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        writer.Write(json);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
