using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Table lookup with <c>vpshufb</c>, 32 channels at a time.</summary>
/// <remarks>
/// The shuffle picks among sixteen entries by the low four bits of the index and gives 0 where the index is negative. With an index x in
/// [0, 127] and pieces T_0 … T_7 of the table, the shuffles of D_i = T_i ⊕ T_(i−1) by x − 16·i are taken for all i up to x / 16, and their sum
/// under ⊕ is T_(x/16)[x mod 16]. Saturating subtraction keeps negative what is negative, so the half of the table that an index does not belong to adds nothing.
/// </remarks>
internal static unsafe class LookupAvx2
{
    private const int Pieces = 16;

    public static void Run(in LookupArgs args, int rowBegin, int rowEnd)
    {
        bool dense = args.InputStride == args.Channels && args.OutputStride == args.Channels;
        nint count = dense ? (nint)(rowEnd - rowBegin) * args.Channels : args.Channels;
        if (args.PerChannel || count < 16)
        {
            LookupReference.Run(in args, rowBegin, rowEnd);
            return;
        }

        Vector256<sbyte>* pieces = stackalloc Vector256<sbyte>[Pieces];
        for (int i = 0; i < Pieces; i++)
        {
            Vector256<sbyte> piece = Avx2.BroadcastVector128ToVector256(args.Lut + (i * 16));
            pieces[i] = i % 8 == 0 ? piece : piece ^ Avx2.BroadcastVector128ToVector256(args.Lut + ((i - 1) * 16));
        }

        for (nint row = rowBegin; row < rowEnd; row += dense ? rowEnd - rowBegin : 1)
        {
            Row(pieces, args.Lut, args.Input + (row * args.InputStride), args.Output + (row * args.OutputStride), count);
        }
    }

    private static void Row(Vector256<sbyte>* pieces, sbyte* lut, sbyte* input, sbyte* output, nint count)
    {
        for (; count >= 32; count -= 32)
        {
            Vector256<sbyte> x = Vector256.Load(input);
            (Half(pieces, x ^ Vector256.Create((sbyte)-128)) ^ Half(pieces + 8, x)).Store(output);
            input += 32;
            output += 32;
        }

        for (; count > 0; count--)
        {
            *output++ = lut[*input++ + 128];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<sbyte> Half(Vector256<sbyte>* pieces, Vector256<sbyte> x)
    {
        Vector256<sbyte> step = Vector256.Create((sbyte)16);
        Vector256<sbyte> y = Avx2.Shuffle(pieces[0], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[1], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[2], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[3], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[4], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[5], x);
        x = Avx2.SubtractSaturate(x, step);
        y ^= Avx2.Shuffle(pieces[6], x);
        x = Avx2.SubtractSaturate(x, step);
        return y ^ Avx2.Shuffle(pieces[7], x);
    }
}
