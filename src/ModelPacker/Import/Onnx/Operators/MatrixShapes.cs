namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Shape arithmetic of broadcasting.</summary>
internal static class MatrixShapes
{
    /// <summary>Whether numpy broadcasting repeats <paramref name="dims"/> to <paramref name="target"/>.</summary>
    public static bool BroadcastsTo(int[] dims, int[] target)
    {
        for (int i = 1; i <= dims.Length; i++)
        {
            if (i > target.Length ? dims[^i] != 1 : dims[^i] != 1 && dims[^i] != target[^i])
            {
                return false;
            }
        }

        return dims.Length <= target.Length;
    }

    /// <summary>Extents of the result of numpy broadcasting.</summary>
    public static int[] Broadcast(NodeImport n, int[] a, int[] b)
    {
        var dims = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= dims.Length; i++)
        {
            int x = i <= a.Length ? a[^i] : 1;
            int y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1)
            {
                throw n.Bad($"combines the shapes [{string.Join("×", a)}] and [{string.Join("×", b)}], which do not fit");
            }

            dims[^i] = x == 1 ? y : x;
        }

        return dims;
    }

    /// <summary>Swaps the last two axes of a rank.</summary>
    public static int[] SwapLast(int rank)
    {
        int[] order = [.. Enumerable.Range(0, rank)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return order;
    }

    /// <summary>Reorders extents.</summary>
    public static int[] Permute(int[] dims, int[] order) => Array.ConvertAll(order, a => dims[a]);

    /// <summary>Number of elements.</summary>
    public static long Count(IEnumerable<int> dims) => dims.Aggregate(1L, (a, b) => checked(a * b));
}
