using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Copy;

/// <summary>Gather in the widest moves that a piece holds; a width that they do not divide ends in a move that overlaps the one before.</summary>
internal static unsafe class GatherVector128
{
    public static void Run(in GatherArgs args, int rowBegin, int rowEnd)
    {
        if (args.Table == null)
        {
            Rows(args, rowBegin, rowEnd);
            return;
        }

        switch (args.WidthBytes)
        {
            case 1:
                Pieces<Whole<byte>>(args, rowBegin, rowEnd);
                break;
            case 2:
                Pieces<Whole<ushort>>(args, rowBegin, rowEnd);
                break;
            case 3:
                Pieces<Overlapping<ushort>>(args, rowBegin, rowEnd);
                break;
            case 4:
                Pieces<Whole<uint>>(args, rowBegin, rowEnd);
                break;
            case < 8:
                Pieces<Overlapping<uint>>(args, rowBegin, rowEnd);
                break;
            case 8:
                Pieces<Whole<ulong>>(args, rowBegin, rowEnd);
                break;
            case < 16:
                Pieces<Overlapping<ulong>>(args, rowBegin, rowEnd);
                break;
            case 16:
                Pieces<Whole<Vector128<byte>>>(args, rowBegin, rowEnd);
                break;
            default:
                Pieces<Long>(args, rowBegin, rowEnd);
                break;
        }
    }

    private static void Rows(in GatherArgs args, int rowBegin, int rowEnd)
    {
        nint bytes = (nint)args.Taps * args.WidthBytes;
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            Buffer.MemoryCopy(args.Input + (row * args.InputStrideBytes), args.Output + (row * args.OutputStrideBytes), bytes, bytes);
        }
    }

    private static void Pieces<TMove>(in GatherArgs args, int rowBegin, int rowEnd)
        where TMove : struct, IMove
    {
        byte* input = args.Input;
        byte* padding = args.PaddingRow;
        nint width = args.WidthBytes;
        int* table = args.Table + ((nint)rowBegin * args.Taps);
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            byte* output = args.Output + (row * args.OutputStrideBytes);
            for (int* end = table + args.Taps; table != end; table++)
            {
                nint piece = *table;
                TMove.Copy(piece < 0 ? padding : input + (piece * width), output, width);
                output += width;
            }
        }
    }

    private interface IMove
    {
        static abstract void Copy(byte* source, byte* destination, nint width);
    }

    /// <summary>One move.</summary>
    private readonly struct Whole<T> : IMove
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* source, byte* destination, nint width) => Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<T>(source));
    }

    /// <summary>Two moves, one from the start and one up to the end.</summary>
    private readonly struct Overlapping<T> : IMove
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* source, byte* destination, nint width)
        {
            nint last = width - sizeof(T);
            T first = Unsafe.ReadUnaligned<T>(source);
            T second = Unsafe.ReadUnaligned<T>(source + last);
            Unsafe.WriteUnaligned(destination, first);
            Unsafe.WriteUnaligned(destination + last, second);
        }
    }

    /// <summary>More than sixteen bytes.</summary>
    private readonly struct Long : IMove
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Copy(byte* source, byte* destination, nint width)
        {
            nint last = width - 16;
            for (nint i = 0; i < last; i += 16)
            {
                Vector128.Load(source + i).Store(destination + i);
            }

            Vector128.Load(source + last).Store(destination + last);
        }
    }
}
