using System.Buffers;
using System.IO.Hashing;
using EdgeRuntime.Maps;
using MessagePack;

namespace EdgeRuntime.Bundles;

/// <summary>Writes the file format of docs/bundle-format.md. The same bundle always gives the same bytes.</summary>
public static class BundleWriter
{
    private delegate void SectionBody(ref MessagePackWriter writer);

    /// <summary>Writes to a temporary file beside <paramref name="path"/> and renames it, so that a reader never sees half a bundle.</summary>
    public static void Save(Bundle bundle, string path)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        try
        {
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
            {
                Write(bundle, stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes the bundle to a stream.</summary>
    public static void Write(Bundle bundle, Stream stream)
    {
        byte[] model = Section((ref MessagePackWriter w) => WriteModel(ref w, bundle));
        byte[] tables = Section((ref MessagePackWriter w) => WriteTables(ref w, bundle.Tables));
        byte[] points = Section((ref MessagePackWriter w) => WritePoints(ref w, bundle.Points));
        byte[] weightsHead = Section((ref MessagePackWriter w) => w.WriteBinHeader(checked((int)bundle.Weights.Length)));

        Crc32 weightsCrc = new();
        weightsCrc.Append(weightsHead);
        ForEachChunk(bundle.Weights, weightsCrc.Append);
        (string Name, long Length, uint Crc)[] sections =
        [
            (BundleFormat.Model, model.Length, Crc32.HashToUInt32(model)),
            (BundleFormat.Tables, tables.Length, Crc32.HashToUInt32(tables)),
            (BundleFormat.Points, points.Length, Crc32.HashToUInt32(points)),
            .. bundle.Extras.Select(e => (e.Name, (long)e.Bytes.Length, Crc32.HashToUInt32(e.Bytes))),
            (BundleFormat.Weights, weightsHead.Length + bundle.Weights.Length, weightsCrc.GetCurrentHashAsUInt32()),
        ];
        byte[] header = Section((ref MessagePackWriter w) =>
        {
            w.WriteArrayHeader(5);
            w.Write(BundleFormat.Magic);
            w.Write(BundleFormat.Major);
            w.Write(BundleFormat.Minor);
            w.WriteArrayHeader(sections.Length);
            foreach ((string name, long length, uint crc) in sections)
            {
                w.WriteArrayHeader(3);
                w.Write(name);
                w.Write(length);
                w.Write(crc);
            }
        });

        stream.Write(header);
        stream.Write(Section((ref MessagePackWriter w) => w.Write(Crc32.HashToUInt32(header))));
        stream.Write(model);
        stream.Write(tables);
        stream.Write(points);
        foreach (BundleExtra extra in bundle.Extras)
        {
            stream.Write(extra.Bytes);
        }

        stream.Write(weightsHead);
        ForEachChunk(bundle.Weights, stream.Write);
    }

    internal static void WriteInts(ref MessagePackWriter w, int[] values)
    {
        w.WriteArrayHeader(values.Length);
        foreach (int value in values)
        {
            w.Write(value);
        }
    }

    private static void WriteModel(ref MessagePackWriter w, Bundle bundle)
    {
        w.WriteArrayHeader(8);
        w.Write(bundle.Name);
        w.Write(bundle.Producer);
        w.WriteArrayHeader(bundle.Maps.Length);
        foreach (Map map in bundle.Maps)
        {
            w.WriteArrayHeader(5);
            w.Write(map.Name);
            w.Write(map.Channels);
            w.Write((byte)map.Type);
            w.Write(map.Scale);
            w.Write(map.ZeroPoint);
        }

        w.WriteArrayHeader(bundle.Steps.Length);
        foreach (Step step in bundle.Steps)
        {
            StepCodec.Write(ref w, step);
        }

        w.WriteArrayHeader(bundle.Blobs.Length);
        foreach (Blob blob in bundle.Blobs)
        {
            w.WriteArrayHeader(3);
            w.Write((byte)blob.Type);
            w.Write(blob.Offset);
            w.Write(blob.Count);
        }

        WritePorts(ref w, bundle.Inputs);
        WritePorts(ref w, bundle.Outputs);
        w.Write(bundle.InputSpec);
    }

    private static void WritePorts(ref MessagePackWriter w, Port[] ports)
    {
        w.WriteArrayHeader(ports.Length);
        foreach (Port port in ports)
        {
            w.WriteArrayHeader(4);
            w.Write(port.Name);
            w.Write(port.Map);
            WriteInts(ref w, port.Dims);
            w.Write(port.ChannelAxis);
        }
    }

    private static void WriteTables(ref MessagePackWriter w, GatherTable[] tables)
    {
        w.WriteArrayHeader(tables.Length);
        foreach (GatherTable table in tables)
        {
            w.WriteArrayHeader(5);
            w.Write((byte)0);
            w.Write(table.Rows);
            w.Write(table.Taps);
            w.Write(table.InputRows);
            w.Write(TableCodec.Encode(table));
        }
    }

    private static void WritePoints(ref MessagePackWriter w, OperatingPoint[] points)
    {
        w.WriteArrayHeader(points.Length);
        foreach (OperatingPoint point in points)
        {
            w.WriteArrayHeader(point.Input is null ? 6 : 7);
            w.Write(point.Name);
            WriteInts(ref w, point.Rows);
            w.WriteArrayHeader(point.Tables.Length);
            foreach (int[] tables in point.Tables)
            {
                WriteInts(ref w, tables);
            }

            if (point.GoldenHash is ulong hash)
            {
                w.Write(hash);
            }
            else
            {
                w.WriteNil();
            }

            w.WriteMapHeader(point.Figures.Count);
            foreach ((string name, double value) in point.Figures)
            {
                w.Write(name);
                w.Write(value);
            }

            w.WriteArrayHeader(point.Constants.Length);
            foreach (StepConstants constants in point.Constants)
            {
                w.WriteArrayHeader(3);
                w.Write(constants.Step);
                w.Write(constants.Bias);
                w.Write(constants.Scales);
            }

            if (point.Input is { } size)
            {
                w.WriteArrayHeader(2);
                w.Write(size.Height);
                w.Write(size.Width);
            }
        }
    }

    private static byte[] Section(SectionBody body)
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter writer = new(buffer);
        body(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private delegate void Consume(ReadOnlySpan<byte> bytes);

    private static void ForEachChunk(IWeightSource source, Consume consume)
    {
        byte[] chunk = new byte[1 << 20];
        for (long offset = 0; offset < source.Length; offset += chunk.Length)
        {
            Span<byte> span = chunk.AsSpan(0, (int)Math.Min(chunk.Length, source.Length - offset));
            source.Read(offset, span);
            consume(span);
        }
    }
}
