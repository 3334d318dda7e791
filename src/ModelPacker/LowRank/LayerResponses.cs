using System.Numerics.Tensors;
using EdgeRuntime;
using EdgeRuntime.Maps;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Lower;

namespace ModelPacker.LowRank;

/// <summary>What convolutions answer to calibration pictures, before bias and activation, at some sites of every picture.</summary>
internal static class LayerResponses
{
    // All pictures together; some ten per channel of the widest layers.
    private const int Samples = 8192;

    /// <summary>Runs the fp32 network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="steps">Indices of convolutions with one group, rising.</param>
    /// <param name="pictures">What feeds each picture to a session.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="advance">Is told the number of pictures done.</param>
    /// <param name="cancel">Stops the run.</param>
    /// <returns>Per step responses [samples, outputs]; equal sites of equal pictures in whatever form of the network.</returns>
    public static Dictionary<int, float[]> Collect(LoweredModel model, IReadOnlyList<int> steps, IReadOnlyList<Action<Session>> pictures, int threads, Action<int> advance, CancellationToken cancel)
    {
        Dictionary<int, float[]> responses = steps.ToDictionary(i => i, i => new float[pictures.Count * PerPicture(model, i, pictures.Count) * model.Steps[i].Bias!.Length]);
        using EdgeModel loaded = EdgeModel.Load(FloatEmitter.Emit(model, []));
        using Session session = loaded.CreateSession(threads);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
        float[] buffer = new float[model.Maps.Max(m => m.Rows * m.Channels)];
        for (int p = 0; p < pictures.Count; p++)
        {
            pictures[p](session);
            for (int i = 0; i <= steps[^1]; i++)
            {
                cancel.ThrowIfCancellationRequested();
                if (responses.TryGetValue(i, out float[]? all))
                {
                    LoweredStep lowered = model.Steps[i];
                    LoweredMap input = model.Maps[lowered.Step.Inputs[0]];
                    session.CopyMap(lowered.Step.Inputs[0], buffer.AsSpan(0, input.Rows * input.Channels));
                    int count = all.Length / pictures.Count;
                    Answer(lowered, input.Channels, model.Maps[lowered.Step.Output].Rows, buffer, p, all.AsMemory(p * count, count), parallel);
                }

                session.RunStep(i);
            }

            advance(p + 1);
        }

        return responses;
    }

    private static int PerPicture(LoweredModel model, int step, int pictures)
        => Math.Min(model.Maps[model.Steps[step].Step.Output].Rows, (Samples + pictures - 1) / pictures);

    private static void Answer(LoweredStep lowered, int channels, int rows, float[] input, int picture, Memory<float> answers, ParallelOptions parallel)
    {
        int outputs = lowered.Bias!.Length;
        int depth = lowered.Weights!.Length / outputs;
        int sites = answers.Length / outputs;
        GatherTable? table = lowered.Tables[0];
        Parallel.For(0, sites, parallel, () => new float[depth], (s, _, patch) =>
        {
            // Other sites of every picture.
            int row = (int)(((((long)s * rows) / sites) + picture) % rows);
            for (int t = 0; t < depth / channels; t++)
            {
                int from = table is null ? row : table.Entries[(row * table.Taps) + t];
                Span<float> tap = patch.AsSpan(t * channels, channels);
                if (from < 0)
                {
                    tap.Clear();
                }
                else
                {
                    input.AsSpan(from * channels, channels).CopyTo(tap);
                }
            }

            Span<float> answer = answers.Span.Slice(s * outputs, outputs);
            for (int n = 0; n < outputs; n++)
            {
                answer[n] = TensorPrimitives.Dot<float>(lowered.Weights.AsSpan(n * depth, depth), patch);
            }

            return patch;
        }, _ => { });
    }
}
