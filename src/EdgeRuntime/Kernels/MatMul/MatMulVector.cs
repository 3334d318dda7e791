using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.MatMul;

/// <summary>Product of two activations, tiles of four rows and two vectors of columns.</summary>
internal static unsafe class MatMulVector<T>
    where T : struct, IFloatLanes<T>
{
    public static void Run(in MatMulArgs args, int rowBegin, int rowEnd)
    {
        for (int row = rowBegin; row < rowEnd;)
        {
            int batch = row / args.M;
            int inside = row - (batch * args.M);
            int height = Math.Min(4, Math.Min(rowEnd - row, args.M - inside));
            nint batchA = args.BatchA == null ? batch : args.BatchA[batch];
            nint batchB = args.BatchB == null ? batch : args.BatchB[batch];
            float* a = args.A + (((batchA * args.M) + inside) * args.K);
            float* b = args.B + (batchB * args.K * args.N);
            float* output = args.Output + ((nint)row * args.N);
            if (height == 4)
            {
                FourRows(args, a, b, output);
                row += 4;
            }
            else
            {
                OneRow(args, a, b, output);
                row++;
            }
        }
    }

    private static void FourRows(in MatMulArgs args, float* a0, float* b, float* output)
    {
        nint columns = args.N;
        nint depth = args.K;
        float* a1 = a0 + depth;
        float* a2 = a1 + depth;
        float* a3 = a2 + depth;
        nint column = 0;
        for (; column + (2 * T.Width) <= columns; column += 2 * T.Width)
        {
            T c00 = T.Create(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
            float* line = b + column;
            for (nint k = 0; k < depth; k++)
            {
                T left = T.Load(line);
                T right = T.Load(line + T.Width);
                T x = T.Create(a0[k]);
                c00.AddProduct(x, left);
                c01.AddProduct(x, right);
                x = T.Create(a1[k]);
                c10.AddProduct(x, left);
                c11.AddProduct(x, right);
                x = T.Create(a2[k]);
                c20.AddProduct(x, left);
                c21.AddProduct(x, right);
                x = T.Create(a3[k]);
                c30.AddProduct(x, left);
                c31.AddProduct(x, right);
                line += columns;
            }

            float* y = output + column;
            c00.Store(y);
            c01.Store(y + T.Width);
            y += columns;
            c10.Store(y);
            c11.Store(y + T.Width);
            y += columns;
            c20.Store(y);
            c21.Store(y + T.Width);
            y += columns;
            c30.Store(y);
            c31.Store(y + T.Width);
        }

        for (; column < columns; column += T.Width)
        {
            T c0 = T.Create(0), c1 = c0, c2 = c0, c3 = c0;
            float* line = b + column;
            for (nint k = 0; k < depth; k++)
            {
                T w = T.Load(line);
                c0.AddProduct(T.Create(a0[k]), w);
                c1.AddProduct(T.Create(a1[k]), w);
                c2.AddProduct(T.Create(a2[k]), w);
                c3.AddProduct(T.Create(a3[k]), w);
                line += columns;
            }

            float* y = output + column;
            Vectors.Store(c0, y, columns - column);
            Vectors.Store(c1, y + columns, columns - column);
            Vectors.Store(c2, y + (2 * columns), columns - column);
            Vectors.Store(c3, y + (3 * columns), columns - column);
        }
    }

    private static void OneRow(in MatMulArgs args, float* a, float* b, float* output)
    {
        nint columns = args.N;
        nint depth = args.K;
        nint column = 0;
        for (; column + (4 * T.Width) <= columns; column += 4 * T.Width)
        {
            T c0 = T.Create(0), c1 = c0, c2 = c0, c3 = c0;
            float* line = b + column;
            for (nint k = 0; k < depth; k++)
            {
                T x = T.Create(a[k]);
                c0.AddProduct(x, T.Load(line));
                c1.AddProduct(x, T.Load(line + T.Width));
                c2.AddProduct(x, T.Load(line + (2 * T.Width)));
                c3.AddProduct(x, T.Load(line + (3 * T.Width)));
                line += columns;
            }

            float* y = output + column;
            c0.Store(y);
            c1.Store(y + T.Width);
            c2.Store(y + (2 * T.Width));
            c3.Store(y + (3 * T.Width));
        }

        for (; column < columns; column += T.Width)
        {
            T sum = T.Create(0);
            float* line = b + column;
            for (nint k = 0; k < depth; k++)
            {
                sum.AddProduct(T.Create(a[k]), T.Load(line));
                line += columns;
            }

            Vectors.Store(sum, output + column, columns - column);
        }
    }
}
