using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Normalization;

/// <summary>Local response normalisation, vectors of channels.</summary>
/// <remarks>The squares of a piece of a row lie in a buffer between zeros, so that the windows at the ends of the row need no care: adding
/// a zero to a sum of squares changes no bit.</remarks>
internal static unsafe class LrnVector<T>
    where T : struct, IFloatLanes<T>
{
    private const int Chunk = 512;
    private const int MaxSize = 64;

    public static void RunS8(in LrnArgs<sbyte> args, int rowBegin, int rowEnd)
    {
        if (IsRare(args.Size, args.Beta))
        {
            LrnReference.RunS8(in args, rowBegin, rowEnd);
            return;
        }

        switch (args.Beta)
        {
            case 1f:
                RowsS8<Identity>(args, rowBegin, rowEnd);
                break;
            case 0.75f:
                RowsS8<ThreeQuarters>(args, rowBegin, rowEnd);
                break;
            default:
                RowsS8<Half>(args, rowBegin, rowEnd);
                break;
        }
    }

    public static void RunF32(in LrnArgs<float> args, int rowBegin, int rowEnd)
    {
        if (IsRare(args.Size, args.Beta))
        {
            LrnReference.RunF32(in args, rowBegin, rowEnd);
            return;
        }

        switch (args.Beta)
        {
            case 1f:
                RowsF32<Identity>(args, rowBegin, rowEnd);
                break;
            case 0.75f:
                RowsF32<ThreeQuarters>(args, rowBegin, rowEnd);
                break;
            default:
                RowsF32<Half>(args, rowBegin, rowEnd);
                break;
        }
    }

    private static bool IsRare(int size, float beta) => size > MaxSize || beta is not (1f or 0.75f or 0.5f);

    private static void RowsS8<TPower>(in LrnArgs<sbyte> args, int rowBegin, int rowEnd)
        where TPower : struct, IPower
    {
        float* squares = stackalloc float[Chunk + MaxSize + T.Width];
        T low = T.Create(sbyte.MinValue - args.OutputZeroPoint);
        T high = T.Create(sbyte.MaxValue - args.OutputZeroPoint);
        T zeroPoint = T.Create(args.InputZeroPoint);
        T bias = T.Create(args.Bias);
        T factor = T.Create(LrnReference.SumFactor(args));
        T scale = T.Create(args.InputScale / args.OutputScale);
        sbyte* rest = stackalloc sbyte[T.Width];
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            sbyte* input = args.Input + (row * args.InputStride);
            sbyte* output = args.Output + (row * args.OutputStride);
            for (int begin = 0; begin < args.Channels; begin += Chunk)
            {
                Piece piece = new(begin, args.Channels, args.Size);
                for (int i = piece.Left; i < piece.Right; i += T.Width)
                {
                    T x = T.Load(input + piece.First + i) - zeroPoint;
                    (x * x).Store(squares + i);
                }

                piece.ClearEnds(squares);
                for (int i = 0; i < piece.Count; i += T.Width)
                {
                    T power = TPower.Apply(bias + (factor * Window(squares + i, args.Size)));
                    T y = (T.Load(input + begin + i) - zeroPoint) * scale / power;
                    y = Vectors.Clamp(T.ZeroIfNaN(y), low, high);
                    if (piece.Count - i >= T.Width)
                    {
                        y.StoreRounded(output + begin + i, args.OutputZeroPoint);
                        continue;
                    }

                    y.StoreRounded(rest, args.OutputZeroPoint);
                    Unsafe.CopyBlockUnaligned(output + begin + i, rest, (uint)(piece.Count - i));
                }
            }
        }
    }

    private static void RowsF32<TPower>(in LrnArgs<float> args, int rowBegin, int rowEnd)
        where TPower : struct, IPower
    {
        float* squares = stackalloc float[Chunk + MaxSize + T.Width];
        T bias = T.Create(args.Bias);
        T factor = T.Create(args.Alpha / args.Size);
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            float* input = args.Input + (row * args.InputStride);
            float* output = args.Output + (row * args.OutputStride);
            for (int begin = 0; begin < args.Channels; begin += Chunk)
            {
                Piece piece = new(begin, args.Channels, args.Size);
                for (int i = piece.Left; i < piece.Right; i += T.Width)
                {
                    T x = T.Load(input + piece.First + i);
                    (x * x).Store(squares + i);
                }

                piece.ClearEnds(squares);
                for (int i = 0; i < piece.Count; i += T.Width)
                {
                    T power = TPower.Apply(bias + (factor * Window(squares + i, args.Size)));
                    Vectors.Store(T.Load(input + begin + i) / power, output + begin + i, piece.Count - i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Window(float* squares, int size)
    {
        T sum = T.Load(squares);
        for (int i = 1; i < size; i++)
        {
            sum += T.Load(squares + i);
        }

        return sum;
    }

    /// <summary>Where the squares of the channels that a piece of a row needs lie in the buffer.</summary>
    private readonly struct Piece
    {
        public Piece(int begin, int channels, int size)
        {
            Count = Math.Min(Chunk, channels - begin);
            First = begin - ((size - 1) / 2);
            Left = Math.Max(0, -First);
            End = Count + size - 1;
            Right = Math.Min(End, channels - First);
        }

        /// <summary>Channels to compute.</summary>
        public int Count { get; }

        /// <summary>Channel at the start of the buffer; negative at the start of a row.</summary>
        public int First { get; }

        /// <summary>First place in the buffer that holds a channel.</summary>
        public int Left { get; }

        /// <summary>First place behind them.</summary>
        public int Right { get; }

        private int End { get; }

        /// <summary>Zeros left and right of the channels.</summary>
        public void ClearEnds(float* squares)
        {
            new Span<float>(squares, Left).Clear();
            new Span<float>(squares + Right, End - Right).Clear();
        }
    }

    private interface IPower
    {
        static abstract T Apply(T value);
    }

    private readonly struct Identity : IPower
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T value) => value;
    }

    private readonly struct Half : IPower
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T value) => T.Sqrt(value);
    }

    private readonly struct ThreeQuarters : IPower
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply(T value)
        {
            T root = T.Sqrt(value);
            return root * T.Sqrt(root);
        }
    }
}
