using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;

namespace ModelPacker.Emit;

/// <summary>Collects constants in the order of the weights section, equal ones once.</summary>
public sealed class BlobStore : IWeightSource
{
    private readonly List<(long Start, byte[] Bytes)> _parts = [];
    private readonly List<Blob> _blobs = [];
    private readonly Dictionary<(ElementType, int, ulong), int> _known = [];
    private long _length;

    /// <inheritdoc/>
    public long Length => _length;

    /// <summary>Directory of what was added.</summary>
    public Blob[] Blobs => [.. _blobs];

    /// <summary>Adds int8 constants.</summary>
    public int Add(sbyte[] values) => Add(ElementType.S8, MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    /// <summary>Adds floats.</summary>
    public int Add(float[] values) => Add(ElementType.F32, MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    /// <summary>Adds 32-bit integers.</summary>
    public int Add(int[] values) => Add(ElementType.S32, MemoryMarshal.AsBytes(values.AsSpan()), values.Length);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> destination)
    {
        int index = _parts.BinarySearch((offset, []), Comparer<(long Start, byte[])>.Create((a, b) => a.Start.CompareTo(b.Start)));
        index = index < 0 ? ~index - 1 : index;
        while (!destination.IsEmpty)
        {
            if (index < 0 || index >= _parts.Count)
            {
                throw new BundleException("A weight blob reaches past the end of the weights section.");
            }

            (long start, byte[] bytes) = _parts[index++];
            int from = (int)(offset - start);
            int count = Math.Min(bytes.Length - from, destination.Length);
            bytes.AsSpan(from, count).CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Constants stay: one store may serve several bundles.
    }

    private int Add(ElementType type, ReadOnlySpan<byte> bytes, int count)
    {
        var key = (type, count, System.IO.Hashing.XxHash64.HashToUInt64(bytes));
        if (_known.TryGetValue(key, out int known))
        {
            return known;
        }

        byte[] padded = new byte[(bytes.Length + 15) / 16 * 16];
        bytes.CopyTo(padded);
        _parts.Add((_length, padded));
        _blobs.Add(new Blob(type, _length, count));
        _length += padded.Length;
        return _known[key] = _blobs.Count - 1;
    }
}
