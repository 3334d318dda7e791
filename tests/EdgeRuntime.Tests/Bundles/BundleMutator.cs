using System.Buffers;
using EdgeRuntime.Tests.Shared.Bundles;
using MessagePack;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>Makes damaged and hostile variants of a bundle.</summary>
internal sealed class BundleMutator(byte[] file)
{
    private static readonly long[] Extremes =
    [
        0, 1, -1, 2, 3, 7, 127, 128, -128, 255, 256, 65535, 65536, -32768, 1 << 24, 1 << 28, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue,
    ];

    private static readonly float[] FloatExtremes = [0, -1, 1e-30f, 1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue];

    private readonly (string Name, byte[] Bytes)[] _sections = BundleBytes.Split(file);

    /// <summary>A mutant; the same seed gives the same one.</summary>
    public byte[] Make(int seed)
    {
        Random random = new(seed);
        if (random.Next(4) == 0)
        {
            return Bytes(file, random);
        }

        // Checksummed again, so that the mutation gets past the checksums.
        (string Name, byte[] Bytes)[] sections = [.. _sections];
        int changes = 1 + random.Next(3);
        for (int i = 0; i < changes; i++)
        {
            // Structure interests more than weights do.
            int index = random.Next(8) == 0 ? 3 : random.Next(3);
            byte[] bytes = sections[index].Bytes;
            sections[index].Bytes = index < 3 && random.Next(4) > 0 ? Number(bytes, random) : Bytes(bytes, random);
        }

        return BundleBytes.Join(sections);
    }

    private static byte[] Bytes(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
        {
            return [0];
        }

        byte[] copy = [.. bytes];
        int at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                copy[at] ^= (byte)(1 << random.Next(8));
                return copy;
            case 1:
                copy[at] = (byte)random.Next(256);
                return copy;
            case 2:
                return copy[..at];
            case 3:
                return [.. copy[..at], (byte)random.Next(256), .. copy[at..]];
            case 4:
                // Array, map, string and binary headers with giant lengths.
                byte[] header = random.Next(4) switch { 0 => [0xDD], 1 => [0xDF], 2 => [0xDB], _ => [0xC6] };
                return [.. copy[..at], .. header, 0x7F, 0xFF, 0xFF, (byte)random.Next(256), .. copy[Math.Min(copy.Length, at + 5)..]];
            default:
                int length = Math.Min(random.Next(1, 16), bytes.Length - at);
                bytes.AsSpan(random.Next(bytes.Length - length + 1), length).CopyTo(copy.AsSpan(at));
                return copy;
        }
    }

    private static byte[] Number(byte[] bytes, Random random)
    {
        List<(int Start, int Length)> sites;
        try
        {
            sites = MessagePackSites.Numbers(bytes);
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            return Bytes(bytes, random);
        }

        if (sites.Count == 0)
        {
            return Bytes(bytes, random);
        }

        (int start, int length) = sites[random.Next(sites.Count)];
        ArrayBufferWriter<byte> number = new();
        MessagePackWriter writer = new(number);
        bool real = bytes[start] is MessagePackCode.Float32 or MessagePackCode.Float64;
        if (real && random.Next(4) > 0)
        {
            writer.Write(FloatExtremes[random.Next(FloatExtremes.Length)]);
        }
        else if (random.Next(2) == 0)
        {
            (int other, int otherLength) = sites[random.Next(sites.Count)];
            return [.. bytes[..start], .. bytes[other..(other + otherLength)], .. bytes[(start + length)..]];
        }
        else
        {
            writer.Write(Extremes[random.Next(Extremes.Length)]);
        }

        writer.Flush();
        return [.. bytes[..start], .. number.WrittenSpan, .. bytes[(start + length)..]];
    }
}
