using System.Numerics.Tensors;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;

namespace ModelPacker.Correct;

/// <summary>Fits a correction per channel to every layer, so that its accumulators have the mean (and the deviation) of the fp32 network's on the same
/// pictures. One pass, layer after layer, each measured behind the corrected layers before it; needs no labels.</summary>
/// <remarks>The mean alone is the empirical bias correction of Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction",
/// ICCV 2019.</remarks>
public sealed class ConstantFitter : IDisposable
{
    private const long SessionBytes = 1L << 30;
    private const int MostPictures = 32;

    private readonly EdgeModel _exact;
    private readonly ExposedBundle _exactLayers;
    private readonly Session[] _references;
    private readonly IReadOnlyList<Action<Session>> _samples;
    private readonly ParallelOptions _parallel;

    /// <summary>Prepares the fp32 network.</summary>
    /// <param name="reference">Dense fp32 bundle.</param>
    /// <param name="samples">What feeds each picture to a session; as many as fit in memory side by side are used, spread evenly.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancel">Stops the work.</param>
    public ConstantFitter(Bundle reference, IReadOnlyList<Action<Session>> samples, int threads, CancellationToken cancel)
    {
        _exactLayers = ExposedBundle.Of(reference, 0);
        _exact = EdgeModel.Load(_exactLayers.Bundle);
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
        int count = (int)Math.Clamp(SessionBytes / (2 * _exact.Plan.ArenaBytes), 4, MostPictures);
        _samples = Spread.Evenly(samples, count);
        _references = [.. _samples.Select(_ => _exact.CreateSession())];
    }

    /// <summary>Fits one operating point.</summary>
    /// <param name="bundle">A bundle whose maps have the numbers of the reference's (it may have more).</param>
    /// <param name="point">Operating point.</param>
    /// <param name="deviation">Fit the deviation too, else the mean alone.</param>
    /// <param name="denseRows">For a map the dense row of each of its rows, or null where it is dense.</param>
    /// <returns>Corrections by the map that the layer writes.</returns>
    public Dictionary<int, ChannelCorrection> Fit(Bundle bundle, int point, bool deviation, Func<int, int[]?> denseRows)
    {
        ExposedBundle layers = ExposedBundle.Of(bundle, point);
        using EdgeModel model = EdgeModel.Load(layers.Bundle);
        Session[] sessions = [.. _samples.Select(_ => model.CreateSession())];
        Dictionary<int, ChannelCorrection> corrections = [];
        try
        {
            for (int i = 0; i < sessions.Length; i++)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                _samples[i](_references[i]);
                _samples[i](sessions[i]);
            }

            int done = 0;
            int doneExact = 0;
            foreach ((int map, (int step, int accumulators)) in layers.Layers.OrderBy(l => l.Value.Step))
            {
                if (!_exactLayers.Layers.TryGetValue(map, out (int Step, int Map) exact))
                {
                    continue;
                }

                int[]? rows = denseRows(map);
                ChannelMoments[] moments = new ChannelMoments[sessions.Length];
                Parallel.For(0, sessions.Length, _parallel, i =>
                {
                    Advance(_references[i], doneExact, exact.Step);
                    Advance(sessions[i], done, step);
                    moments[i] = ChannelMoments.Of(_references[i].MapRows<float>(exact.Map), sessions[i].MapRows<float>(accumulators),
                        bundle.Maps[map].Channels, rows);
                });
                ChannelCorrection correction = ChannelMoments.Sum(moments).Correction(deviation);
                corrections.Add(map, correction);
                Parallel.For(0, sessions.Length, _parallel, i => Apply(correction, sessions[i].MapRows<float>(accumulators)));
                (done, doneExact) = (step + 1, exact.Step + 1);
            }
        }
        finally
        {
            Array.ForEach(sessions, s => s.Dispose());
        }

        return corrections;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_references, s => s.Dispose());
        _exact.Dispose();
    }

    private static void Advance(Session session, int from, int last)
    {
        for (int i = from; i <= last; i++)
        {
            session.RunStep(i);
        }
    }

    private static void Apply(ChannelCorrection correction, Span<float> rows)
    {
        int channels = correction.Scale.Length;
        for (int i = 0; i < rows.Length; i += channels)
        {
            Span<float> row = rows.Slice(i, channels);
            TensorPrimitives.MultiplyAdd(row, correction.Scale, correction.Shift, row);
        }
    }
}
