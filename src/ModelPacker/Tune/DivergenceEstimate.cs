using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Predicts how far masks take the answer away from the dense network's, from the errors of all stand-ins (<see cref="StandInErrors"/>), without running the network.</summary>
/// <param name="errors">Errors by step; steps that are missing are taken to do no harm.</param>
internal sealed class DivergenceEstimate(IReadOnlyDictionary<int, StandInErrors> errors)
{
    // Errors of different layers may cancel like those of different sites; half of that is believed, because masks were chosen on the same pictures.
    private const double Believed = 0.5;

    private sealed record Change(float[] Together, double Apart);

    // Supports are made once per choice and kept by the meter.
    private readonly ConditionalWeakTable<Support, Change> _changes = [];

    /// <summary>Whether anything can be predicted.</summary>
    public bool IsKnown => errors.Count > 0;

    /// <summary>Estimate for supports by step.</summary>
    public double Of(IReadOnlyDictionary<int, Support> masks)
    {
        float[]? together = null;
        double apart = 0;
        foreach ((int step, Support support) in masks)
        {
            if (errors.TryGetValue(step, out StandInErrors? found))
            {
                Change change = _changes.GetValue(support, s => Measure(found, s));
                together ??= new float[found.Pictures];
                TensorPrimitives.Add(together, change.Together, together);
                apart += change.Apart;
            }
        }

        // A divergence is half of the mean square.
        return together is null ? 0 : 0.5 * (((1 - Believed) * apart) + (Believed * TensorPrimitives.SumOfSquares<float>(together) / together.Length));
    }

    private static Change Measure(StandInErrors errors, Support support)
    {
        float[] together = new float[errors.Pictures];
        double apart = 0;
        for (int site = 0; site < support.Sites; site++)
        {
            apart += errors.AddBetween(site, support.Kept[support.Nearest[site]], together);
        }

        return new Change(together, apart);
    }
}
