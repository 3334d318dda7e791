using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Lower;

namespace ModelPacker.Quantizing;

/// <summary>Makes weights that came quantised with a zero point fit into [−127, 127] without changing what the network computes: what is too large is spread over the
/// input it multiplies and copies of that input.</summary>
/// <remarks>A layer that reads one row gets its few affected input channels a second time, beside the others (the original is written in place, only the copies cost
/// anything). A layer of several taps reads the affected taps a second time through its table.</remarks>
internal static class WideWeights
{
    private const int Limit = 127;

    /// <summary>The network with weights that fit, or itself if all do. Grouped convolutions stay as they are.</summary>
    public static LoweredModel Split(LoweredModel model)
    {
        LoweredModel result = new()
        {
            Name = model.Name,
            Maps = [.. model.Maps],
            Inputs = [.. model.Inputs],
            Outputs = [.. model.Outputs],
        };
        foreach (LoweredStep lowered in model.Steps)
        {
            switch (lowered.Step)
            {
                case ConvolutionStep { Groups: 1, Taps: 1 } s when TooWide(lowered, model):
                    SplitChannels(result, lowered, s);
                    break;
                case ConvolutionStep { Groups: 1 } or DepthwiseStep { Taps: > 1 } when TooWide(lowered, model):
                    result.Steps.Add(SplitTaps(model, lowered));
                    break;
                default:
                    result.Steps.Add(lowered);
                    break;
            }
        }

        return result;
    }

    private static bool TooWide(LoweredStep lowered, LoweredModel model)
    {
        int channels = model.Maps[lowered.Step.Output].Channels;
        return lowered.WeightScales is not null && Enumerable.Range(0, lowered.Weights!.Length).Any(i => Math.Abs(Level(lowered, i, channels)) > Limit);
    }

    // The weight in units of its own scale: a whole number.
    private static int Level(LoweredStep lowered, int index, int channels) => (int)Math.Round(lowered.Weights![index] / ScaleOf(lowered, index, channels));

    private static float ScaleOf(LoweredStep lowered, int index, int channels)
    {
        float[] scales = lowered.WeightScales!;
        int n = lowered.Step is DepthwiseStep ? index % channels : index / (lowered.Weights!.Length / channels);
        return scales[scales.Length == 1 ? 0 : n];
    }

    // How many times a weight's input must be read.
    private static int Pieces(int level) => Math.Max(1, (Math.Abs(level) + Limit - 1) / Limit);

    private static void SplitChannels(LoweredModel model, LoweredStep lowered, ConvolutionStep s)
    {
        int outputs = model.Maps[s.Output].Channels;
        int inputs = lowered.Weights!.Length / outputs;
        List<int> copies = [];
        for (int c = 0; c < inputs; c++)
        {
            int pieces = Enumerable.Range(0, outputs).Max(n => Pieces(Level(lowered, (n * inputs) + c, outputs)));
            copies.AddRange(Enumerable.Repeat(c, pieces - 1));
        }

        LoweredMap input = model.Maps[s.Inputs[0]];
        int copied = Add(model, input.WithChannels($"{s.Name}/copies", copies.Count));
        int joined = Add(model, input.WithChannels($"{s.Name}/widened", inputs + copies.Count));
        float[] picks = new float[copies.Count * inputs];
        for (int k = 0; k < copies.Count; k++)
        {
            picks[(k * inputs) + copies[k]] = 1;
        }

        model.Steps.Add(new LoweredStep(new ConvolutionStep($"{s.Name}/copies", [s.Inputs[0]], copied, 1, 1, 0, 0, 0, float.NegativeInfinity, float.PositiveInfinity), [null])
        {
            Weights = picks,
            Bias = new float[copies.Count],
        });
        model.Steps.Add(new LoweredStep(new ConcatStep($"{s.Name}/widened", [s.Inputs[0], copied], joined, false), [null, null]));

        int depth = inputs + copies.Count;
        float[] weights = new float[outputs * depth];
        for (int n = 0; n < outputs; n++)
        {
            for (int c = 0; c < inputs; c++)
            {
                int index = (n * inputs) + c;
                float scale = ScaleOf(lowered, index, outputs);
                int rest = Level(lowered, index, outputs);
                foreach (int place in Places(c))
                {
                    int piece = Math.Clamp(rest, -Limit, Limit);
                    weights[(n * depth) + place] = piece * scale;
                    rest -= piece;
                }
            }
        }

        model.Steps.Add(lowered with { Step = s with { Inputs = [joined] }, Weights = weights });

        IEnumerable<int> Places(int channel) => Enumerable.Range(0, copies.Count).Where(k => copies[k] == channel).Select(k => inputs + k).Prepend(channel);
    }

    private static LoweredStep SplitTaps(LoweredModel model, LoweredStep lowered)
    {
        bool depthwise = lowered.Step is DepthwiseStep;
        int outputs = model.Maps[lowered.Step.Output].Channels;
        GatherTable table = lowered.Tables[0]!;
        int taps = table.Taps;
        int perTap = depthwise ? outputs : lowered.Weights!.Length / outputs / taps;
        int TapOf(int i) => depthwise ? i / outputs : i / perTap % taps;
        int[] pieces = new int[taps];
        for (int i = 0; i < lowered.Weights!.Length; i++)
        {
            pieces[TapOf(i)] = Math.Max(pieces[TapOf(i)], Pieces(Level(lowered, i, outputs)));
        }

        int[] sources = [.. Enumerable.Range(0, taps), .. Enumerable.Range(0, taps).SelectMany(t => Enumerable.Repeat(t, pieces[t] - 1))];
        int[] entries = new int[table.Rows * sources.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = table.Entries[(i / sources.Length * taps) + sources[i % sources.Length]];
        }

        float[] weights = new float[lowered.Weights.Length / taps * sources.Length];
        for (int i = 0; i < lowered.Weights.Length; i++)
        {
            int tap = TapOf(i);
            float scale = ScaleOf(lowered, i, outputs);
            int rest = Level(lowered, i, outputs);
            for (int place = 0; place < sources.Length; place++)
            {
                if (sources[place] == tap)
                {
                    int piece = Math.Clamp(rest, -Limit, Limit);
                    int at = depthwise ? (place * outputs) + (i % outputs) : (((i / (perTap * taps) * sources.Length) + place) * perTap) + (i % perTap);
                    weights[at] = piece * scale;
                    rest -= piece;
                }
            }
        }

        Step step = lowered.Step switch
        {
            ConvolutionStep s => s with { Taps = sources.Length },
            DepthwiseStep s => s with { Taps = sources.Length },
            _ => throw new InvalidOperationException(),
        };
        return lowered with { Step = step, Weights = weights, Tables = [new GatherTable(table.Rows, sources.Length, table.InputRows, entries)] };
    }

    private static int Add(LoweredModel model, LoweredMap map)
    {
        model.Maps.Add(map);
        return model.Maps.Count - 1;
    }
}
