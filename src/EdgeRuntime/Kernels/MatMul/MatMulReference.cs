namespace EdgeRuntime.Kernels.MatMul;

/// <summary>Scalar product of two activations: the oracle.</summary>
internal static unsafe class MatMulReference
{
    public static void Run(in MatMulArgs args, int rowBegin, int rowEnd)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            nint batch = row / args.M;
            nint batchA = args.BatchA == null ? batch : args.BatchA[batch];
            nint batchB = args.BatchB == null ? batch : args.BatchB[batch];
            float* a = args.A + (((batchA * args.M) + (row % args.M)) * args.K);
            float* b = args.B + (batchB * args.K * args.N);
            for (nint column = 0; column < args.N; column++)
            {
                float sum = 0;
                for (nint k = 0; k < args.K; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[k], b[(k * args.N) + column], sum);
                }

                args.Output[(row * args.N) + column] = sum;
            }
        }
    }
}
