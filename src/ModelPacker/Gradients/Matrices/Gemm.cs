using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ModelPacker.Gradients.Matrices;

/// <summary>Products of fp32 matrices on one thread.</summary>
/// <remarks>Blocked as in Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008: a panel of B that fits the first cache is multiplied
/// with one tile of rows of A after the other, sums held in registers. A is read as it lies, through two steps; Aᵀ is gathered into tiles first where there is
/// more than one panel, so that one kernel serves both.
/// The order of additions does not depend on anything but the sizes.</remarks>
internal static unsafe class Gemm
{
    /// <summary>Columns of a panel of B.</summary>
    public const int Panel = 32;

    /// <summary>Rows of a full tile.</summary>
    public const int LargeTile = 12;

    /// <summary>Rows of the tiles that finish a block.</summary>
    public const int SmallTile = 4;

    // A piece of a panel of this depth takes 32 KB.
    private const int DepthBlock = 256;

    // Rows of Aᵀ that are gathered for all panels: a multiple of the large tile, and 120 KB at most, which the second cache keeps.
    private const int RowBlock = 10 * LargeTile;

    private static readonly delegate*<int, int, float*, nint, nint, float*, nint, float*, nint, bool, void> _tile =
        Vector512.IsHardwareAccelerated ? &Tile512.Run : &Tile256.Run;

    /// <summary>C (+)= A · B.</summary>
    /// <param name="a">Element (0, 0) of A; (r, k) lies at r·rowStep + k·depthStep.</param>
    /// <param name="rowStep">See <paramref name="a"/>.</param>
    /// <param name="depthStep">See <paramref name="a"/>.</param>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="panels">B in panels of 32 columns, each [depth, 32], zeros behind the last column.</param>
    /// <param name="panelStep">Elements from one panel to the next.</param>
    /// <param name="columns">Columns of B and C.</param>
    /// <param name="c">C, row-major; nothing outside its columns is written.</param>
    /// <param name="stride">Elements from one row of C to the next.</param>
    /// <param name="accumulate">Add to C instead of overwriting it.</param>
    [SkipLocalsInit]
    public static void Multiply(float* a, nint rowStep, nint depthStep, int rows, int depth, float* panels, nint panelStep, int columns, float* c, nint stride, bool accumulate)
    {
        float* scratch = stackalloc float[LargeTile * Panel];
        bool gather = rowStep == 1 && columns > Panel && rows >= LargeTile;
        float* gathered = stackalloc float[gather ? RowBlock * DepthBlock : 1];
        int rowBlock = gather ? RowBlock : rows;
        for (int k = 0; k < depth; k += DepthBlock)
        {
            int block = Math.Min(DepthBlock, depth - k);
            bool add = accumulate || k > 0;
            float* blockA = a + (k * depthStep);
            for (int first = 0; first < rows; first += rowBlock)
            {
                int end = Math.Min(rows, first + rowBlock);
                if (gather)
                {
                    GatherTiles(blockA + first, depthStep, end - first, block, gathered);
                }

                for (int column = 0; column < columns; column += Panel)
                {
                    float* b = panels + (column / Panel * panelStep) + ((nint)k * Panel);
                    int width = Math.Min(Panel, columns - column);
                    int row = first;
                    while (row < end)
                    {
                        int height = Height(end - row);
                        float* tileA = gather ? gathered + ((row - first) * block) : blockA + (row * rowStep);
                        nint tileStep = gather ? height : depthStep;
                        float* target = c + (row * stride) + column;
                        if (width is Panel or Panel / 2)
                        {
                            _tile(height, width, tileA, rowStep, tileStep, b, block, target, stride, add);
                        }
                        else
                        {
                            _tile(height, width, tileA, rowStep, tileStep, b, block, scratch, Panel, false);
                            CopyTile(scratch, height, width, target, stride, add);
                        }

                        row += height;
                    }
                }
            }
        }
    }

    /// <summary>Lays a row-major matrix into panels, each [rows, 32] and zero behind the last column.</summary>
    /// <param name="source">[rows, stride].</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="panels">Takes ⌈columns / 32⌉ · rows · 32 elements.</param>
    public static void Pack(float* source, nint stride, int rows, int columns, float* panels)
    {
        for (int column = 0; column < columns; column += Panel)
        {
            int width = Math.Min(Panel, columns - column);
            for (int row = 0; row < rows; row++, panels += Panel)
            {
                float* from = source + (row * stride) + column;
                if (width == Panel)
                {
                    for (int i = 0; i < Panel; i += Vector256<float>.Count)
                    {
                        Vector256.Load(from + i).Store(panels + i);
                    }

                    continue;
                }

                new ReadOnlySpan<float>(from, width).CopyTo(new Span<float>(panels, width));
                new Span<float>(panels + width, Panel - width).Clear();
            }
        }
    }

    /// <summary>Columns rounded up to whole or half panels: what a product takes no longer for.</summary>
    public static int Filled(int columns) => (columns + (Panel / 2) - 1) / (Panel / 2) * (Panel / 2);

    /// <summary>Columns rounded up to whole panels.</summary>
    public static int Padded(int columns) => (columns + Panel - 1) / Panel * Panel;

    /// <summary>Rows of the next tile.</summary>
    private static int Height(int rows) => rows >= LargeTile ? LargeTile : rows >= SmallTile ? SmallTile : 1;

    /// <summary>Lays Aᵀ into tiles, [depth, height] each. In place, every step down a tile is in another page, and there are more of them than a processor remembers.</summary>
    private static void GatherTiles(float* a, nint depthStep, int rows, int depth, float* tiles)
    {
        int height;
        for (int row = 0; row < rows; row += height)
        {
            height = Height(rows - row);
            float* from = a + row;
            for (int k = 0; k < depth; k++, from += depthStep, tiles += height)
            {
                int i = 0;
                for (; i + Vector128<float>.Count <= height; i += Vector128<float>.Count)
                {
                    Vector128.Load(from + i).Store(tiles + i);
                }

                for (; i < height; i++)
                {
                    tiles[i] = from[i];
                }
            }
        }
    }

    private static void CopyTile(float* tile, int height, int width, float* c, nint stride, bool accumulate)
    {
        for (int row = 0; row < height; row++, tile += Panel, c += stride)
        {
            for (int i = 0; i < width; i++)
            {
                c[i] = accumulate ? c[i] + tile[i] : tile[i];
            }
        }
    }
}
