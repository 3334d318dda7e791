using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Finds the layers of a network that are worth perforating.</summary>
internal static class LayerFinder
{
    // Layers with less of the network's work are left alone: the search would spend time on what cannot pay.
    private const double LeastShare = 0.002;

    /// <summary>The layers, in the order of the network.</summary>
    /// <param name="bundle">Dense bundle.</param>
    /// <param name="grids">Height and width of every map's grid, 0 where there is none.</param>
    /// <param name="perforator">Knows which steps can be perforated.</param>
    /// <param name="impact">Weights of a step's output sites, or null.</param>
    /// <param name="errors">What stand-ins on a step's output do to the answer, or null.</param>
    public static List<TuneLayer> Find(Bundle bundle, (int Height, int Width)[] grids, Perforator perforator, Func<int, double[]?> impact,
        Func<int, StandInErrors?> errors)
    {
        OperatingPoint dense = bundle.Points[0];
        double total = bundle.Macs(dense);
        List<TuneLayer> layers = [];
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            (int height, int width) = grids[step.Output];
            if (!(perforator.CanPerforate(i) || ReadsAllRows(bundle, perforator, i)) || height * width < 4)
            {
                continue;
            }

            int[] partners = Partners(bundle, grids, i);
            double work = partners.Append(i).Sum(s => Work(bundle, bundle.Steps[s]));
            if (work >= LeastShare * total)
            {
                layers.Add(new TuneLayer(i, step.Name, partners, new MaskMaker(height, width) { Coverage = Coverage(bundle, step.Output), Impact = impact(i), Errors = errors(i) }));
            }
        }

        return layers;
    }

    // A 1×1 convolution has the rows of its input, which are as few as the layer in front of it computes. Behind a sum, a concatenation or a pooling they stay as many as all branches together
    // need; in networks of inverted residuals most of the work is there.
    private static bool ReadsAllRows(Bundle bundle, Perforator perforator, int index)
    {
        if (bundle.Steps[index] is not ConvolutionStep { Taps: 1 } || !perforator.CanMask(index) || bundle.Points[0].Tables[index][0] >= 0)
        {
            return false;
        }

        int producer = Producer(bundle, bundle.Steps[index].Inputs[0]);
        return producer >= 0 && bundle.Steps[producer] is BinaryStep or ConcatStep or PoolStep;
    }

    // The step that computes a map, but for pointwise steps between; -1 where that is an input of the network.
    private static int Producer(Bundle bundle, int map)
    {
        int producer = Array.FindIndex(bundle.Steps, s => s.Output == map);
        return producer >= 0 && bundle.Steps[producer] is LookupStep or UnaryStep or ConvertStep or LrnStep ? Producer(bundle, bundle.Steps[producer].Inputs[0]) : producer;
    }

    /// <summary>Multiply-accumulates of a step when it is dense; 0 where it has none.</summary>
    public static double Work(Bundle bundle, Step step)
    {
        double outputs = (double)bundle.Points[0].Rows[step.Output] * bundle.Maps[step.Output].Channels;
        return step switch
        {
            ConvolutionStep s => outputs * s.Taps * (bundle.Maps[s.Inputs[0]].Channels / s.Groups),
            DepthwiseStep s => outputs * s.Taps,
            _ => 0,
        };
    }

    // 1×1 convolutions over the same grid whose output is joined with this layer's by a concatenation, pointwise steps between allowed; behind this layer also 1×1 convolutions, as decomposed layers have them.
    private static int[] Partners(Bundle bundle, (int Height, int Width)[] grids, int index)
    {
        int map = Follow(bundle, bundle.Steps[index].Output);
        if (Array.Find(bundle.Steps, s => s is ConcatStep { AlongRows: false } && s.Inputs.Contains(map)) is not ConcatStep concat)
        {
            return [];
        }

        List<int> partners = [];
        foreach (int input in concat.Inputs.Where(m => m != map))
        {
            int producer = Producer(bundle, input);
            bool sole = producer >= 0 && bundle.Steps.Count(s => s.Inputs.Contains(bundle.Steps[producer].Output)) == 1;
            if (sole && bundle.Steps[producer] is ConvolutionStep { Taps: 1 } && bundle.Points[0].Tables[producer][0] < 0 && grids[bundle.Steps[producer].Output] == grids[bundle.Steps[index].Output])
            {
                partners.Add(producer);
            }
        }

        // Unless all others can follow, the joined map keeps all its rows and nothing is won.
        return partners.Count == concat.Inputs.Length - 1 ? [.. partners] : [];
    }

    private static int Follow(Bundle bundle, int map)
    {
        while (true)
        {
            int[] readers = [.. Enumerable.Range(0, bundle.Steps.Length).Where(i => bundle.Steps[i].Inputs.Contains(map))];
            if (readers.Length != 1 || bundle.Points[0].Tables[readers[0]] is not [< 0] || bundle.Steps[readers[0]] is not (LookupStep or UnaryStep or ConvertStep or ConvolutionStep { Taps: 1 }))
            {
                return map;
            }

            map = bundle.Steps[readers[0]].Output;
        }
    }

    // How many windows of the next pooling layer cover each site; null where there is none behind pointwise work.
    private static double[]? Coverage(Bundle bundle, int map)
    {
        while (true)
        {
            int[] readers = [.. Enumerable.Range(0, bundle.Steps.Length).Where(i => bundle.Steps[i].Inputs.Contains(map))];
            if (readers.Length != 1)
            {
                return null;
            }

            Step reader = bundle.Steps[readers[0]];
            int table = bundle.Points[0].Tables[readers[0]] is [int only] ? only : -1;
            if (reader is PoolStep && bundle.Points[0].Rows[reader.Output] > 1)
            {
                double[] coverage = new double[bundle.Points[0].Rows[map]];
                foreach (int entry in bundle.Tables[table].Entries.Where(e => e >= 0))
                {
                    coverage[entry]++;
                }

                return coverage;
            }

            if (table >= 0 || reader.Inputs.Length != 1)
            {
                return null;
            }

            map = reader.Output;
        }
    }
}
