using EdgeRuntime.Plans;
using ModelPacker.Gradients.Matrices;

namespace ModelPacker.Tests.Gradients;

public unsafe class GemmTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EqualsTheSumOfProducts(bool transposed)
    {
        Random random = new(5);
        for (int trial = 0; trial < 60; trial++)
        {
            int rows = 1 + random.Next(trial % 6 == 1 ? 300 : 60);
            int depth = 1 + random.Next(trial % 6 < 2 ? 700 : 40);
            int columns = 1 + random.Next(100);
            int stride = columns + random.Next(5);
            bool accumulate = trial % 2 == 0;
            float[] a = GradientCheck.Fill(random, rows * depth);
            float[] b = GradientCheck.Fill(random, depth * columns);
            float[] c = GradientCheck.Fill(random, rows * stride);
            float[] expected = [.. c];
            for (int r = 0; r < rows; r++)
            {
                for (int n = 0; n < columns; n++)
                {
                    double sum = accumulate ? c[(r * stride) + n] : 0;
                    for (int k = 0; k < depth; k++)
                    {
                        sum += (double)a[transposed ? (k * rows) + r : (r * depth) + k] * b[(k * columns) + n];
                    }

                    expected[(r * stride) + n] = (float)sum;
                }
            }

            using NativeBlock panels = new((long)Gemm.Padded(columns) * depth * sizeof(float));
            fixed (float* pa = a, pb = b, pc = c)
            {
                Gemm.Pack(pb, columns, depth, columns, (float*)panels.Pointer);
                Gemm.Multiply(pa, transposed ? 1 : depth, transposed ? rows : 1, rows, depth, (float*)panels.Pointer, depth * Gemm.Panel, columns, pc, stride, accumulate);
            }

            for (int i = 0; i < c.Length; i++)
            {
                Assert.True(Math.Abs(c[i] - expected[i]) <= 1e-4 * Math.Max(1, Math.Sqrt(depth)), $"{rows}×{depth}×{columns}, element {i}: {c[i]}, not {expected[i]}");
            }
        }
    }

    [Fact]
    public void WideAndNarrowVectorsGiveTheSameBits()
    {
        Random random = new(6);
        float[] a = GradientCheck.Fill(random, 12 * 50);
        float[] b = GradientCheck.Fill(random, 50 * Gemm.Panel);
        foreach ((int height, int columns) in ((int, int)[])[(Gemm.LargeTile, 32), (Gemm.SmallTile, 32), (1, 32), (Gemm.LargeTile, 16), (Gemm.SmallTile, 16), (1, 16)])
        {
            float[] wide = GradientCheck.Fill(new Random(1), 12 * 40);
            float[] narrow = [.. wide];
            fixed (float* pa = a, pb = b, pw = wide, pn = narrow)
            {
                Tile512.Run(height, columns, pa, 50, 1, pb, 50, pw, 40, true);
                Tile256.Run(height, columns, pa, 50, 1, pb, 50, pn, 40, true);
            }

            Assert.Equal(wide, narrow);
        }
    }
}
