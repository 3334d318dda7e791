using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Tune;

/// <summary>Runs prepared pictures forward and backward.</summary>
internal static class SampleGradients
{
    private const int PicturesPerRun = 4;

    /// <summary>Shows every picture to the observers of <paramref name="observers"/>.</summary>
    /// <param name="bundle">The network.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="samples">Pictures.</param>
    /// <param name="observers">Who looks.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="loss">The loss of some pictures: index of the first and their number. Observers count pictures from that first one.</param>
    /// <param name="progress">Is told how many pictures are done.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="EdgeRuntime.EdgeRuntimeException">The network cannot be differentiated.</exception>
    public static void Run(Bundle bundle, int point, IReadOnlyList<TuneSample> samples, RunOptions observers, int threads, Func<int, int, ILoss> loss, Action<int> progress, CancellationToken cancel)
    {
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientBatch batch = new(network, threads, PicturesPerRun, observers);
        Map map = bundle.Maps[bundle.Inputs[0].Map];
        int elements = bundle.Points[point].Rows[bundle.Inputs[0].Map] * map.Channels;
        int done = 0;
        int together = PicturesPerRun * threads;
        float[] input = new float[together * elements];
        for (int first = 0; first < samples.Count; first += together)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(together, samples.Count - first);
            for (int i = 0; i < count; i++)
            {
                Read(map, samples[first + i].Input, input.AsSpan(i * elements, elements));
            }

            ILoss current = loss(first, count);
            batch.Forward(point, [input.AsMemory(0, count * elements)], count, (run, _) =>
            {
                current.Evaluate(run, 1);
                run.Backward();
                progress(Interlocked.Add(ref done, run.Pictures));
            });
        }
    }

    private static void Read(Map map, byte[] bytes, Span<float> values)
    {
        if (map.Type == ElementType.F32)
        {
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((sbyte)bytes[i] - map.ZeroPoint) * map.Scale;
        }
    }
}
