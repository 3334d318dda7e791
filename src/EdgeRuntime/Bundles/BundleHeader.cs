using System.IO.Hashing;
using MessagePack;

namespace EdgeRuntime.Bundles;

/// <summary>Reads the header of a bundle file: magic, version, and the directory of sections with their checksums.</summary>
internal static class BundleHeader
{
    /// <summary>The sections in the order of the file; together they reach exactly to its end.</summary>
    /// <exception cref="BundleException">No bundle, another format version, or damaged.</exception>
    public static BundleSection[] Read(IWeightSource file)
    {
        byte[] bytes = new byte[(int)Math.Min(file.Length, BundleFormat.HeaderBytes)];
        file.Read(0, bytes);
        MessagePackReader reader = new(bytes);
        if (!HasMagic(ref reader))
        {
            throw new BundleException("This is no EdgeRuntime bundle. Make one with 'modelpacker pack MODEL.onnx -o OUT.edge'.");
        }

        int major = reader.ReadInt32();
        int minor = reader.ReadInt32();
        if (major != BundleFormat.Major)
        {
            throw new BundleException($"The bundle has format {major}.{minor}, this program reads {BundleFormat.Major}.x. "
                + (major > BundleFormat.Major ? "Use a newer edgert, or pack the model with this version." : "Pack the model again."));
        }

        BundleSection[] sections = new BundleSection[reader.ReadArrayHeader()];
        for (int i = 0; i < sections.Length; i++)
        {
            BundleReader.Expect(ref reader, 3, "section entry");
            sections[i] = new BundleSection(BundleReader.ReadName(ref reader), 0, reader.ReadInt64(), reader.ReadUInt32());
        }

        int covered = (int)reader.Consumed;
        if (reader.ReadUInt32() != Crc32.HashToUInt32(bytes.AsSpan(0, covered)))
        {
            throw new BundleException("The bundle's header is damaged (checksum). Copy or pack it again.");
        }

        Place(sections, reader.Consumed, file.Length);
        return sections;
    }

    /// <summary>Whether what begins so is a bundle, damaged or of another version as it may be.</summary>
    /// <param name="reader">The beginning of a file.</param>
    public static bool HasMagic(ref MessagePackReader reader)
    {
        try
        {
            return reader.ReadArrayHeader() == 5 && reader.ReadString() == BundleFormat.Magic;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            // Any other kind of file ends here.
            return false;
        }
    }

    private static void Place(BundleSection[] sections, long start, long end)
    {
        for (int i = 0; i < sections.Length; i++)
        {
            BundleSection section = sections[i];
            if (section.Length < 0 || section.Length > end - start)
            {
                throw new BundleException($"The bundle is cut short: its section '{section.Name}' ends past the end of the file. Copy it again.");
            }

            if (Array.FindIndex(sections, s => s.Name == section.Name) != i)
            {
                throw new BundleException($"The bundle has two sections '{section.Name}'.");
            }

            sections[i] = section with { Start = start };
            start += section.Length;
        }

        if (start != end)
        {
            throw new BundleException("The bundle has bytes behind its last section. Copy or pack it again.");
        }
    }
}
