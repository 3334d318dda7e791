using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using ModelPacker.Data;

namespace ModelPacker.Finetune;

/// <summary>Makes batches of augmented pictures. Decoded pictures are kept, as many as fit.</summary>
internal sealed class TrainingPictures(Bundle bundle, InputSpec spec, IReadOnlyList<LabelledPicture> pictures, FinetuneOptions options, CancellationToken cancel)
{
    private readonly PictureCache _cache = new();
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel };

    /// <summary>Pictures.</summary>
    public int Count => pictures.Count;

    /// <summary>Batches of an epoch.</summary>
    public int Batches => (Count + options.Batch - 1) / options.Batch;

    /// <summary>What an epoch shows: its batches in order, pictures by index, and the points that each is for.</summary>
    public (IReadOnlyList<int> Points, int[] Pictures)[] Plan(int epoch)
    {
        Random random = Draws.For(options.Seed, epoch, -1);
        int[] order = [.. Enumerable.Range(0, Count)];
        random.Shuffle(order);
        return [.. order.Chunk(options.Batch).Select(chunk => (options.EveryPoint ? options.Points : [options.Points[random.Next(options.Points.Count)]], chunk))];
    }

    /// <summary>Labels of a batch, as classes of the output.</summary>
    public int[] Labels(int[] batch) => Array.ConvertAll(batch, i => pictures[i].Label + spec.FirstClass);

    /// <summary>The input of a batch: real numbers, [pictures, rows, channels].</summary>
    /// <param name="batch">Pictures by index.</param>
    /// <param name="epoch">Epoch, which decides how they are augmented.</param>
    /// <param name="point">Operating point, which decides their size.</param>
    public float[] Input(int[] batch, int epoch, int point)
    {
        int elements = bundle.Points[point].Rows[bundle.Inputs[0].Map] * bundle.Maps[bundle.Inputs[0].Map].Channels;
        float[] input = new float[batch.Length * elements];
        Parallel.For(0, batch.Length, _parallel, () => new PictureInput(bundle, spec).PreprocessorOf(point), (i, _, preprocessor) =>
        {
            Picture picture = Augmentation.Apply(_cache.Read(pictures[batch[i]]), Draws.For(options.Seed, epoch, batch[i]), options.Flip);
            preprocessor.ToRows(picture, input.AsSpan(i * elements, elements));
            return preprocessor;
        }, _ => { });
        return input;
    }
}
