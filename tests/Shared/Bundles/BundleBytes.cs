using System.Buffers;
using System.IO.Hashing;
using EdgeRuntime.Bundles;
using MessagePack;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>Bundles as bytes.</summary>
public static class BundleBytes
{
    /// <summary>The file of a bundle.</summary>
    public static byte[] Of(Bundle bundle)
    {
        using MemoryStream stream = new();
        BundleWriter.Write(bundle, stream);
        return stream.ToArray();
    }

    /// <summary>Reads a bundle back.</summary>
    public static Bundle Copy(Bundle bundle) => BundleReader.Read(Of(bundle));

    /// <summary>The four sections of a bundle file, each on its own.</summary>
    public static (string Name, byte[] Bytes)[] Split(byte[] file)
    {
        using Bundle bundle = BundleReader.Read(file);
        return [.. bundle.Sections.Select(s => (s.Name, file.AsSpan((int)s.Start, (int)s.Length).ToArray()))];
    }

    /// <summary>A file of the given sections with right lengths and checksums, whatever the sections hold.</summary>
    public static byte[] Join((string Name, byte[] Bytes)[] sections, int major = 1)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        writer.WriteArrayHeader(5);
        writer.Write("edgert-bundle");
        writer.Write(major);
        writer.Write(0);
        writer.WriteArrayHeader(sections.Length);
        foreach ((string name, byte[] bytes) in sections)
        {
            writer.WriteArrayHeader(3);
            writer.Write(name);
            writer.Write(bytes.Length);
            writer.Write(Crc32.HashToUInt32(bytes));
        }

        writer.Flush();
        writer.Write(Crc32.HashToUInt32(buffer.WrittenSpan));
        writer.Flush();
        return [.. buffer.WrittenSpan, .. sections.SelectMany(s => s.Bytes)];
    }
}
