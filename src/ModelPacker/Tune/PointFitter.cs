using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Correct;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Re-fits bias and multiplier of every channel of a perforated network, so that its accumulators have the mean and the deviation of the dense network's
/// on the same pictures. Needs no labels.</summary>
internal sealed class PointFitter : IDisposable
{
    private const float Negligible = 1e-3f;

    private readonly Bundle _dense;
    private readonly ConstantFitter _fitter;

    /// <summary>Prepares the dense network.</summary>
    public PointFitter(Bundle dense, IReadOnlyList<TuneSample> samples, int threads, CancellationToken cancel)
    {
        _dense = dense;
        _fitter = new ConstantFitter(dense, [.. samples.Select(s => (Action<Session>)(session => Feed(session, s)))], threads, cancel);
    }

    /// <summary>Fits one point.</summary>
    public Dictionary<int, CorrectedConstants> Fit(PointTables tables)
    {
        PointAssembler assembler = new(_dense);
        assembler.Add("sparse", tables);
        Dictionary<int, ChannelCorrection> found = _fitter.Fit(assembler.Build([]), 1, true, map => tables.Supports[map]?.Kept);
        Dictionary<int, CorrectedConstants> constants = [];
        for (int i = 0; i < _dense.Steps.Length; i++)
        {
            Step step = _dense.Steps[i];
            (int bias, int scales) = step switch
            {
                ConvolutionStep s => (s.Bias, s.Scales),
                DepthwiseStep s => (s.Bias, s.Scales),
                _ => (-1, -1),
            };

            // Weights of an fp32 step cannot be stretched; those of an int8 step are, through its multipliers.
            if (scales >= 0 && found.TryGetValue(step.Output, out ChannelCorrection? correction) && Matters(correction))
            {
                constants.Add(i, Apply(correction, Read<int>(bias), Read<float>(scales), _dense.Maps[step.Output]));
            }
        }

        return constants;
    }

    /// <inheritdoc/>
    public void Dispose() => _fitter.Dispose();

    private static bool Matters(ChannelCorrection correction)
        => correction.Scale.Any(s => Math.Abs(s - 1) > Negligible) || correction.Shift.Any(s => Math.Abs(s) > Negligible * correction.Shift.Max(Math.Abs) && s != 0);

    private static CorrectedConstants Apply(ChannelCorrection correction, int[] bias, float[] scales, Map output)
    {
        for (int n = 0; n < bias.Length; n++)
        {
            // y = unit·acc → scale·y + shift = (unit·scale)·(acc + shift / (unit·scale)).
            double unit = (double)scales[n] * (output.Type == ElementType.S8 ? output.Scale : 1) * correction.Scale[n];
            double shift = correction.Shift[n] / unit;
            if (double.IsFinite(shift) && Math.Abs(shift) < 1 << 29)
            {
                bias[n] = (int)Math.Clamp(bias[n] + Math.Round(shift, MidpointRounding.ToEven), int.MinValue, int.MaxValue);
                scales[n] *= correction.Scale[n];
            }
        }

        return new CorrectedConstants(bias, null, scales);
    }

    private static void Feed(Session session, TuneSample sample)
    {
        int map = session.Bundle.Inputs[0].Map;
        Span<byte> rows = session.Bundle.Maps[map].Type == ElementType.S8 ? session.MapRows<byte>(map) : MemoryMarshal.AsBytes(session.MapRows<float>(map));
        sample.Input.CopyTo(rows);
    }

    private T[] Read<T>(int blob)
        where T : unmanaged
    {
        T[] values = new T[_dense.Blobs[blob].Count];
        _dense.Weights.Read(_dense.Blobs[blob].Offset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
