using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Lower;

namespace ModelPacker.Calibrate;

/// <summary>Runs the fp32 network, on the runtime's own fp32 kernels, over the calibration inputs and gathers statistics of every map.</summary>
public static class Calibrator
{
    /// <summary>Collects statistics.</summary>
    /// <param name="model">The lowered network.</param>
    /// <param name="samples">For each sample what feeds it to a session of the fp32 bundle.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Called after each sample with the samples done, or null.</param>
    /// <param name="cancel">Stops the run.</param>
    public static MapStatistics[] Run(LoweredModel model, IEnumerable<Action<Session>> samples, int threads, Action<int>? progress, CancellationToken cancel)
    {
        MapStatistics[] statistics = [.. model.Maps.Select(m => new MapStatistics(m.Channels))];
        using EdgeModel loaded = EdgeModel.Load(FloatEmitter.Emit(model, []));
        using Session session = loaded.CreateSession(threads);
        float[] buffer = new float[model.Maps.Max(m => m.Rows * m.Channels)];
        int done = 0;
        foreach (Action<Session> feed in samples)
        {
            cancel.ThrowIfCancellationRequested();
            feed(session);
            model.Inputs.ForEach(p => Visit(p.Map));
            for (int i = 0; i < model.Steps.Count; i++)
            {
                session.RunStep(i);
                Visit(model.Steps[i].Step.Output);
            }

            progress?.Invoke(++done);
        }

        void Visit(int map)
        {
            Span<float> values = buffer.AsSpan(0, model.Maps[map].Rows * model.Maps[map].Channels);
            session.CopyMap(map, values);
            statistics[map].Add(values);
        }

        return statistics;
    }
}
