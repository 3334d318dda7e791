using System.Buffers;
using System.IO.Hashing;
using EdgeRuntime.Maps;
using MessagePack;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Bundles;

/// <summary>Reads bundles and trusts nothing in them: checksums, structure and every number are checked before a bundle is returned.</summary>
public static class BundleReader
{
    /// <summary>Opens a bundle file. The weights stay in the file, which is kept open until the bundle is disposed.</summary>
    /// <exception cref="BundleException">The file is missing, no bundle, damaged, too new, or breaks a rule of the format.</exception>
    public static Bundle Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BundleException($"Cannot open the bundle '{path}': {e.Message}", e);
        }

        try
        {
            long length = RandomAccess.GetLength(handle);
            return Read(new FileWeightSource(handle, 0, length), (start, size) => new FileWeightSource(handle, start, size));
        }
        catch (Exception e)
        {
            handle.Dispose();
            throw e switch
            {
                BundleException => new BundleException($"'{path}': {e.Message}", e),
                IOException or UnauthorizedAccessException or NotSupportedException => new BundleException($"Cannot read the bundle '{path}': {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Reads a bundle that lies in memory.</summary>
    /// <exception cref="BundleException">See <see cref="Open"/>.</exception>
    public static Bundle Read(ReadOnlyMemory<byte> bytes)
        => Read(new MemoryWeightSource(bytes), (start, size) => new MemoryWeightSource(bytes.Slice((int)start, (int)size)));

    /// <summary>Whether a file is a bundle by how it begins, damaged or of another version as it may be.</summary>
    /// <param name="path">A file that is there.</param>
    /// <exception cref="BundleException">It cannot be read.</exception>
    public static bool IsBundle(string path)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            byte[] bytes = new byte[BundleFormat.HeaderBytes];
            MessagePackReader reader = new(bytes.AsMemory(0, RandomAccess.Read(handle, bytes, 0)));
            return BundleHeader.HasMagic(ref reader);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BundleException($"Cannot read '{path}': {e.Message}", e);
        }
    }

    /// <summary>Reads a section for tools.</summary>
    /// <returns>Its bytes, or null if the file has no such section.</returns>
    /// <exception cref="BundleException">The file is missing, no bundle, or damaged.</exception>
    public static byte[]? ReadExtra(string path, string name)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            using FileWeightSource file = new(handle, 0, RandomAccess.GetLength(handle));
            BundleSection[] sections = BundleHeader.Read(file);
            return Array.Exists(sections, s => s.Name == name) ? ReadSection(file, sections, name) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException
            or MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new BundleException($"Cannot read the bundle '{path}': {e.Message}", e);
        }
    }

    private static Bundle Read(IWeightSource file, Func<long, long, IWeightSource> slice)
    {
        try
        {
            Bundle bundle = Parse(file, slice);
            BundleValidator.Validate(bundle);
            return bundle;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException)
        {
            throw new BundleException("The bundle is damaged: its structure cannot be read. Copy or pack it again.", e);
        }
    }

    private static Bundle Parse(IWeightSource file, Func<long, long, IWeightSource> slice)
    {
        BundleSection[] sections = BundleHeader.Read(file);
        MessagePackReader model = new(ReadSection(file, sections, BundleFormat.Model));
        Expect(ref model, 8, "model");
        string name = ReadName(ref model);
        string producer = ReadName(ref model);
        Map[] maps = ReadArray(ref model, BundleLimits.Steps, (ref MessagePackReader r) =>
        {
            Expect(ref r, 5, "map");
            return new Map(ReadName(ref r), r.ReadInt32(), (ElementType)r.ReadByte(), r.ReadSingle(), r.ReadInt32());
        });
        Step[] steps = ReadArray(ref model, BundleLimits.Steps, StepCodec.Read);
        Blob[] blobs = ReadArray(ref model, BundleLimits.Items, (ref MessagePackReader r) =>
        {
            Expect(ref r, 3, "blob");
            return new Blob((ElementType)r.ReadByte(), r.ReadInt64(), r.ReadInt32());
        });
        Port[] inputs = ReadArray(ref model, 256, ReadPort);
        Port[] outputs = ReadArray(ref model, 256, ReadPort);
        byte[] spec = model.ReadBytes()?.ToArray() ?? [];
        ExpectEnd(in model, BundleFormat.Model);

        long budget = BundleLimits.TableEntries;
        MessagePackReader tableReader = new(ReadSection(file, sections, BundleFormat.Tables));
        GatherTable[] tables = ReadArray(ref tableReader, BundleLimits.Items, (ref MessagePackReader r) => ReadTable(ref r, ref budget));
        ExpectEnd(in tableReader, BundleFormat.Tables);

        MessagePackReader pointReader = new(ReadSection(file, sections, BundleFormat.Points));
        OperatingPoint[] points = ReadArray(ref pointReader, BundleLimits.Points, ReadPoint);
        ExpectEnd(in pointReader, BundleFormat.Points);
        return new Bundle
        {
            Name = name,
            Producer = producer,
            Maps = maps,
            Steps = steps,
            Tables = tables,
            Blobs = blobs,
            Weights = OpenWeights(file, sections, slice),
            Points = points,
            Inputs = inputs,
            Outputs = outputs,
            InputSpec = spec,
            Sections = sections,
        };
    }

    private static byte[] ReadSection(IWeightSource file, BundleSection[] sections, string name)
    {
        BundleSection section = Find(sections, name);
        if (section.Length > BundleLimits.SectionBytes)
        {
            throw new BundleException($"The bundle's section '{name}' has {section.Length} bytes; at most {BundleLimits.SectionBytes} are allowed.");
        }

        byte[] bytes = new byte[section.Length];
        file.Read(section.Start, bytes);
        return Crc32.HashToUInt32(bytes) == section.Crc ? bytes : throw Damaged(name);
    }

    private static IWeightSource OpenWeights(IWeightSource file, BundleSection[] sections,
        Func<long, long, IWeightSource> slice)
    {
        (_, long start, long length, uint crc) = Find(sections, BundleFormat.Weights);
        Crc32 actual = new();
        byte[] chunk = new byte[(int)Math.Min(length, 1 << 18)];
        int head = -1;
        for (long offset = 0; offset < length; offset += chunk.Length)
        {
            Span<byte> span = chunk.AsSpan(0, (int)Math.Min(chunk.Length, length - offset));
            file.Read(start + offset, span);
            actual.Append(span);
            if (head < 0)
            {
                MessagePackReader reader = new(chunk.AsMemory(0, span.Length));
                byte code = reader.NextCode;
                head = code == MessagePackCode.Bin8 ? 2 : code == MessagePackCode.Bin16 ? 3 : code == MessagePackCode.Bin32 ? 5 : -1;
                if (head < 0 || length < head)
                {
                    throw new BundleException("The bundle's weights section is no binary.");
                }

                long declared = 0;
                foreach (byte b in span[1..head])
                {
                    declared = (declared << 8) | b;
                }

                if (declared != length - head)
                {
                    throw new BundleException("The bundle's weights section has the wrong length.");
                }
            }
        }

        if (head < 0 || actual.GetCurrentHashAsUInt32() != crc)
        {
            throw Damaged(BundleFormat.Weights);
        }

        return slice(start + head, length - head);
    }

    private static BundleSection Find(BundleSection[] sections, string name)
        => Array.Find(sections, s => s.Name == name) ?? throw new BundleException($"The bundle has no section '{name}'.");

    private static BundleException Damaged(string section)
        => new($"The bundle's section '{section}' is damaged (checksum). Copy or pack it again.");

    private static Port ReadPort(ref MessagePackReader r)
    {
        Expect(ref r, 4, "port");
        return new Port(ReadName(ref r), r.ReadInt32(), ReadInts(ref r, 16), r.ReadInt32());
    }

    private static GatherTable ReadTable(ref MessagePackReader r, ref long budget)
    {
        Expect(ref r, 5, "table");
        byte kind = r.ReadByte();
        int rows = r.ReadInt32();
        int taps = r.ReadInt32();
        int inputRows = r.ReadInt32();
        ReadOnlySequence<byte> body = r.ReadBytes() ?? throw new BundleException("A table of the bundle has no entries.");
        if (kind != 0)
        {
            throw new BundleException($"A table of the bundle is of kind {kind}, which this version does not know. Use a newer edgert, or pack again.");
        }

        // Every row costs at least one byte per tap of its run, but runs repeat: the budget bounds what small files can ask for.
        if (rows < 1 || taps < 1 || inputRows < 1 || inputRows > BundleLimits.MapElements || (long)rows * taps > budget)
        {
            throw new BundleException($"A table of {rows} × {taps} entries over {inputRows} rows is not allowed.");
        }

        if (body.Length < taps)
        {
            throw new BundleException("A table of the bundle is shorter than one of its rows.");
        }

        budget -= (long)rows * taps;
        return TableCodec.TryDecode(body.ToArray(), rows, taps, inputRows)
            ?? throw new BundleException($"A table of {rows} × {taps} entries is damaged or points outside its {inputRows} input rows.");
    }

    private static OperatingPoint ReadPoint(ref MessagePackReader r)
    {
        int members = r.ReadArrayHeader();
        if (members is not (6 or 7))
        {
            throw new BundleException($"An operating point has {members} members; this version knows 6 or 7. Use a newer version, or pack the model again.");
        }

        string name = ReadName(ref r);
        int[] rows = ReadInts(ref r, BundleLimits.Steps);
        int[][] tables = ReadArray(ref r, BundleLimits.Steps, (ref MessagePackReader t) => ReadInts(ref t, 4096));
        ulong? hash = r.TryReadNil() ? null : r.ReadUInt64();
        SortedDictionary<string, double> figures = new(StringComparer.Ordinal);
        int count = r.ReadMapHeader();
        for (int i = 0; i < count; i++)
        {
            figures[ReadName(ref r)] = r.ReadDouble();
        }

        StepConstants[] constants = ReadArray(ref r, BundleLimits.Steps, (ref MessagePackReader c) =>
        {
            Expect(ref c, 3, "constants entry");
            return new StepConstants(c.ReadInt32(), c.ReadInt32(), c.ReadInt32());
        });
        InputSize? size = null;
        if (members == 7)
        {
            Expect(ref r, 2, "input size");
            size = new InputSize(r.ReadInt32(), r.ReadInt32());
        }

        return new OperatingPoint { Name = name, Rows = rows, Tables = tables, Constants = constants, GoldenHash = hash, Figures = figures, Input = size };
    }

    internal static string ReadName(ref MessagePackReader r)
    {
        string? name = r.ReadString();
        return name is not null && name.Length <= BundleLimits.NameLength
            ? name : throw new BundleException("A name in the bundle is missing or too long.");
    }

    internal static int[] ReadInts(ref MessagePackReader r, int limit)
        => ReadArray(ref r, limit, (ref MessagePackReader x) => x.ReadInt32());

    private delegate T ReadItem<T>(ref MessagePackReader reader);

    private static T[] ReadArray<T>(ref MessagePackReader r, int limit, ReadItem<T> read)
    {
        int count = r.ReadArrayHeader();
        if (count > limit)
        {
            throw new BundleException($"A list in the bundle has {count} entries; at most {limit} are allowed.");
        }

        T[] items = new T[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = read(ref r);
        }

        return items;
    }

    private static void ExpectEnd(in MessagePackReader r, string section)
    {
        if (!r.End)
        {
            throw new BundleException($"The bundle's section '{section}' has bytes behind its last value. Copy or pack it again.");
        }
    }

    internal static void Expect(ref MessagePackReader r, int fields, string what)
    {
        int actual = r.ReadArrayHeader();
        if (actual != fields)
        {
            throw new BundleException($"A {what} in the bundle has {actual} fields, expected {fields}.");
        }
    }
}
