using System.Runtime.InteropServices;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Weights of sites without gradients: see <see cref="DifferenceEnergy"/>.</summary>
internal static class DifferenceWeights
{
    /// <summary>Weights by step.</summary>
    public static Dictionary<int, double[]> Of(Bundle dense, (int Height, int Width)[] grids, Perforator perforator, IReadOnlyList<TuneSample> samples,
        IPackProgress progress, CancellationToken cancel)
    {
        Dictionary<int, DifferenceEnergy> energies = [];
        for (int i = 0; i < dense.Steps.Length; i++)
        {
            int map = dense.Steps[i].Output;
            if (perforator.CanPerforate(i) && grids[map].Height * grids[map].Width > 1)
            {
                energies.Add(i, new DifferenceEnergy(grids[map].Height, grids[map].Width, dense.Maps[map].Channels));
            }
        }

        progress.Begin("look at differences", samples.Count);
        using EdgeModel model = EdgeModel.Load(dense);
        using Session session = model.CreateSession();
        float[] buffer = new float[energies.Keys.Select(i => dense.Steps[i].Output).Select(m => dense.Points[0].Rows[m] * dense.Maps[m].Channels).DefaultIfEmpty(0).Max()];
        for (int s = 0; s < samples.Count; s++)
        {
            int input = dense.Inputs[0].Map;
            samples[s].Input.CopyTo(dense.Maps[input].Type == ElementType.S8 ? session.MapRows<byte>(input) : MemoryMarshal.AsBytes(session.MapRows<float>(input)));
            for (int i = 0; i < dense.Steps.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                session.RunStep(i);
                if (energies.TryGetValue(i, out DifferenceEnergy? energy))
                {
                    int map = dense.Steps[i].Output;
                    Span<float> rows = buffer.AsSpan(0, dense.Points[0].Rows[map] * dense.Maps[map].Channels);
                    session.CopyMap(map, rows);
                    energy.Add(rows);
                }
            }

            progress.Advance(s + 1);
        }

        return energies.ToDictionary(e => e.Key, e => e.Value.Weights());
    }
}
