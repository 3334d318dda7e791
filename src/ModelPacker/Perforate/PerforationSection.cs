using System.Buffers;
using EdgeRuntime.Bundles;
using MessagePack;

namespace ModelPacker.Perforate;

/// <summary>The section <c>perforation</c> of a bundle (docs/bundle-format.md): grids of the maps and masks of the operating points. Tools read it, the runtime does not.</summary>
/// <param name="Grids">Height and width of each map's grid; 0, 0 where its rows are no grid.</param>
/// <param name="Masks">Per operating point its perforated steps.</param>
public sealed record PerforationSection((int Height, int Width)[] Grids, PerforatedStep[][] Masks)
{
    /// <summary>Name of the section.</summary>
    public const string Name = "perforation";

    private const int MostSites = 1 << 28;

    /// <summary>Writes it.</summary>
    public BundleExtra ToExtra()
    {
        ArrayBufferWriter<byte> buffer = new();
        MessagePackWriter w = new(buffer);
        w.WriteArrayHeader(2);
        w.WriteArrayHeader(Grids.Length);
        foreach ((int height, int width) in Grids)
        {
            w.WriteArrayHeader(2);
            w.Write(height);
            w.Write(width);
        }

        w.WriteArrayHeader(Masks.Length);
        foreach (PerforatedStep[] point in Masks)
        {
            w.WriteArrayHeader(point.Length);
            foreach (PerforatedStep step in point)
            {
                w.WriteArrayHeader(step.Ties is null ? 3 : 4);
                w.Write(step.Step);
                w.Write(step.Kind);
                w.Write(Bits(step.Kept));
                if (step.Ties is { } ties)
                {
                    w.Write(ties);
                }
            }
        }

        w.Flush();
        return new BundleExtra(Name, buffer.WrittenSpan.ToArray());
    }

    /// <summary>Reads it from a bundle file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bundle">What was read from the same file.</param>
    /// <returns>The section, or null if the file has none.</returns>
    /// <exception cref="BundleException">It is damaged or does not fit the bundle.</exception>
    public static PerforationSection? Read(string path, Bundle bundle)
    {
        if (BundleReader.ReadExtra(path, Name) is not { } bytes)
        {
            return null;
        }

        try
        {
            PerforationSection section = Parse(bytes);
            Check(section, bundle);
            return section;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or InvalidDataException)
        {
            throw new BundleException($"The section '{Name}' of '{path}' is damaged or does not fit the network. Pack the model again.", e);
        }
    }

    /// <summary>Reads the bytes of a section that this program made.</summary>
    public static PerforationSection Parse(byte[] bytes)
    {
        MessagePackReader r = new(bytes);
        Need(r.ReadArrayHeader() == 2);
        (int, int)[] grids = new (int, int)[Count(ref r, BundleLimits.Steps)];
        for (int i = 0; i < grids.Length; i++)
        {
            Need(r.ReadArrayHeader() == 2);
            grids[i] = (r.ReadInt32(), r.ReadInt32());
        }

        PerforatedStep[][] masks = new PerforatedStep[Count(ref r, BundleLimits.Points)][];
        for (int p = 0; p < masks.Length; p++)
        {
            masks[p] = new PerforatedStep[Count(ref r, BundleLimits.Steps)];
            for (int i = 0; i < masks[p].Length; i++)
            {
                int fields = r.ReadArrayHeader();
                Need(fields is 3 or 4);
                int step = r.ReadInt32();
                string kind = r.ReadString() ?? "";
                byte[] bits = r.ReadBytes()?.ToArray() ?? [];
                Need(bits.Length <= MostSites / 8);
                masks[p][i] = new PerforatedStep(step, kind, [.. Enumerable.Range(0, bits.Length * 8).Where(s => (bits[s / 8] >> (s % 8) & 1) == 1)],
                    fields == 4 ? r.ReadBytes()?.ToArray() ?? [] : null);
            }
        }

        Need(r.End);
        return new PerforationSection(grids, masks);
    }

    /// <summary>The network that a point's masks are laid over, where it takes a smaller picture, else null.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="point">Operating point.</param>
    /// <exception cref="InvalidDataException">The network takes no such picture.</exception>
    public ResizedNetwork? Resized(Bundle bundle, int point)
        => bundle.Points[point].Input is not { } size ? null : ResizedNetwork.Of(bundle, Grids, new Perforator(bundle), size) ?? throw new InvalidDataException();

    /// <summary>Height and width of each map's grid at a point.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="point">Operating point.</param>
    /// <exception cref="InvalidDataException">The network takes no such picture.</exception>
    public (int Height, int Width)[] GridsOf(Bundle bundle, int point) => Resized(bundle, point)?.Grids ?? Grids;

    /// <summary>The supports of a point's perforated steps, as they were when its tables were made.</summary>
    /// <param name="path">The file, for errors.</param>
    /// <param name="bundle">What was read from the same file.</param>
    /// <param name="point">Operating point.</param>
    /// <returns>By step.</returns>
    /// <exception cref="BundleException">The file does not say how ties of distance were decided, or says nonsense.</exception>
    public SortedDictionary<int, Support> Supports(string path, Bundle bundle, int point)
    {
        SortedDictionary<int, Support> supports = [];
        (int Height, int Width)[] grids = GridsOf(bundle, point);
        foreach (PerforatedStep step in Masks[point])
        {
            (int height, int width) = grids[bundle.Steps[step.Step].Output];
            if (step.Ties is null)
            {
                throw new BundleException($"'{path}' has masks, but does not say which site stands for which: an older version made it. Run 'modelpacker tune' again.");
            }

            try
            {
                supports.Add(step.Step, Support.OfTies(height, width, step.Kept, step.Ties));
            }
            catch (InvalidDataException e)
            {
                throw new BundleException($"The section '{Name}' of '{path}' is damaged. Run 'modelpacker tune' again.", e);
            }
        }

        return supports;
    }

    private static void Check(PerforationSection section, Bundle bundle)
    {
        Need(section.Grids.Length == bundle.Maps.Length && section.Masks.Length == bundle.Points.Length);
        for (int m = 0; m < section.Grids.Length; m++)
        {
            (long height, long width) = section.Grids[m];
            Need((height == 0 && width == 0) || (height > 0 && width > 0 && height * width == bundle.Points[0].Rows[m]));
        }

        Need(section.Masks[0].Length == 0 && section.Masks.All(p => p.Zip(p.Skip(1), (a, b) => a.Step < b.Step).All(rising => rising)));
        for (int p = 0; p < section.Masks.Length; p++)
        {
            (int Height, int Width)[] grids = section.GridsOf(bundle, p);
            foreach (PerforatedStep step in section.Masks[p])
            {
                Need((uint)step.Step < (uint)bundle.Steps.Length);
                (int height, int width) = grids[bundle.Steps[step.Step].Output];
                Need(step.Kept.Length > 0 && step.Kept[^1] < height * width);
            }
        }
    }

    private static int Count(ref MessagePackReader r, int most)
    {
        int count = r.ReadArrayHeader();
        Need(count <= most);
        return count;
    }

    private static byte[] Bits(int[] kept)
    {
        byte[] bits = new byte[kept.Length == 0 ? 0 : (kept[^1] / 8) + 1];
        foreach (int site in kept)
        {
            bits[site / 8] |= (byte)(1 << (site % 8));
        }

        return bits;
    }

    private static void Need(bool holds)
    {
        if (!holds)
        {
            throw new InvalidDataException();
        }
    }
}
