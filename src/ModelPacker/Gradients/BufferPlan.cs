namespace ModelPacker.Gradients;

/// <summary>Lets buffers that are not needed at the same time share memory.</summary>
internal sealed class BufferPlan
{
    private readonly List<(int Begin, int End, long Bytes, int Id)> _buffers = [];

    /// <summary>Adds a buffer that is needed from <paramref name="begin"/> to <paramref name="end"/>, both included.</summary>
    /// <returns>Its number.</returns>
    public int Add(int begin, int end, long bytes)
    {
        _buffers.Add((begin, end, bytes, _buffers.Count));
        return _buffers.Count - 1;
    }

    /// <summary>Deals blocks to buffers in the order of time: the smallest free one that is large enough, else the largest free one grows.</summary>
    /// <returns>Block of each buffer, and the bytes of each block.</returns>
    public (int[] Blocks, long[] Bytes) Solve()
    {
        int[] blocks = new int[_buffers.Count];
        List<long> bytes = [];
        List<int> freeFrom = [];
        foreach ((int begin, int end, long size, int id) in _buffers.OrderBy(b => b.Begin).ThenBy(b => b.Id))
        {
            int[] free = [.. Enumerable.Range(0, bytes.Count).Where(b => freeFrom[b] < begin)];
            int[] enough = [.. free.Where(b => bytes[b] >= size)];
            int block = enough.Length > 0 ? enough.MinBy(b => bytes[b]) : free.Length > 0 ? free.MaxBy(b => bytes[b]) : bytes.Count;
            if (block == bytes.Count)
            {
                bytes.Add(size);
                freeFrom.Add(end);
            }

            bytes[block] = Math.Max(bytes[block], size);
            freeFrom[block] = end;
            blocks[id] = block;
        }

        return (blocks, [.. bytes]);
    }
}
