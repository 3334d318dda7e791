using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using EdgeRuntime;

namespace ModelPacker.Finetune;

/// <summary>A training's state in a file beside the bundle. Little-endian; XXH64 of all that precedes stands at the end.</summary>
internal static class Checkpoint
{
    private const string Magic = "modelpacker finetune 1";
    private const int HashBytes = sizeof(ulong);

    /// <summary>Writes to a temporary file and renames it, so that whatever happens a whole checkpoint is there.</summary>
    /// <exception cref="EdgeRuntimeException">Not writable.</exception>
    public static void Save(string path, string header, TrainingState state)
    {
        // Always the same name, so that what an interruption leaves is overwritten.
        string temporary = path + ".tmp";
        try
        {
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.ReadWrite))
            {
                using (BinaryWriter w = new(file, Encoding.UTF8, leaveOpen: true))
                {
                    Write(w, header, state);
                }

                ulong hash = Hash(file, file.Length);
                file.Write(BitConverter.GetBytes(hash));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write the checkpoint '{path}': {e.Message} Make room, or choose another place with '-o'.", 2, e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">File.</param>
    /// <param name="header">What the training depends on.</param>
    /// <param name="fresh">A state of the same network.</param>
    /// <exception cref="EdgeRuntimeException">Damaged, or of a training with another header.</exception>
    public static TrainingState Load(string path, string header, TrainingState fresh)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using BinaryReader r = new(file, Encoding.UTF8);
            if (file.Length < HashBytes || Hash(file, file.Length - HashBytes) != r.ReadUInt64())
            {
                throw new InvalidDataException("it is no whole checkpoint.");
            }

            file.Position = 0;
            if (r.ReadString() != Magic)
            {
                throw new InvalidDataException("another version of this program made it.");
            }

            return r.ReadString() == header ? Read(r, fresh) : throw new EdgeRuntimeException(
                $"'{path}' is the checkpoint of a training with other options, pictures or another network. Repeat the command of that training, or leave '--resume' out to start anew.", 2);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException)
        {
            throw new EdgeRuntimeException($"Cannot go on from the checkpoint '{path}': {e.Message} Leave '--resume' out to start anew.", 2, e);
        }
    }

    private static void Write(BinaryWriter w, string header, TrainingState state)
    {
        w.Write(Magic);
        w.Write(header);
        w.Write(state.Epoch);
        Write(w, state.Current.Values);
        Write(w, state.Current.Units);
        Write(w, state.Velocities);
        w.Write(state.BestEpoch);
        w.Write(state.BestLoss);
        Write(w, state.Best.Values);
        Write(w, state.Best.Units);
        w.Write(state.History.Count);
        foreach (EpochFigures e in state.History)
        {
            w.Write(e.Epoch);
            w.Write(e.Loss);
            w.Write(e.Top1 ?? double.NaN);
            w.Write(e.HeldBackLoss);
            w.Write(e.HeldBackTop1 ?? double.NaN);
        }
    }

    private static TrainingState Read(BinaryReader r, TrainingState fresh)
    {
        int epoch = r.ReadInt32();
        ParameterValues current = new(Read(r, fresh.Current.Values), Read(r, fresh.Current.Units));
        float[][] velocities = Read(r, fresh.Velocities);
        int bestEpoch = r.ReadInt32();
        double bestLoss = r.ReadDouble();
        ParameterValues best = new(Read(r, fresh.Best.Values), Read(r, fresh.Best.Units));
        List<EpochFigures> history = [];
        for (int i = r.ReadInt32(); i > 0; i--)
        {
            history.Add(new EpochFigures(r.ReadInt32(), r.ReadDouble(), Known(r.ReadDouble()), r.ReadDouble(), Known(r.ReadDouble())));
        }

        return new TrainingState { Epoch = epoch, Current = current, Velocities = velocities, BestEpoch = bestEpoch, BestLoss = bestLoss, Best = best, History = history };
    }

    // Of the first so many bytes; the stream then stands behind them.
    private static ulong Hash(FileStream file, long count)
    {
        XxHash64 hash = new();
        byte[] chunk = new byte[1 << 20];
        file.Position = 0;
        while (count > 0)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, count));
            file.ReadExactly(part);
            hash.Append(part);
            count -= part.Length;
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static void Write(BinaryWriter w, float[][] values)
    {
        w.Write(values.Length);
        foreach (float[] array in values)
        {
            w.Write(array.Length);
            w.Write(MemoryMarshal.AsBytes(array.AsSpan()));
        }
    }

    private static float[][] Read(BinaryReader r, float[][] like)
    {
        Expect(r.ReadInt32(), like.Length);
        return Array.ConvertAll(like, l =>
        {
            Expect(r.ReadInt32(), l.Length);
            float[] values = new float[l.Length];
            r.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        });
    }

    private static void Expect(int found, int wanted)
    {
        if (found != wanted)
        {
            throw new InvalidDataException("it does not fit the network.");
        }
    }
}
