using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>ConvTranspose.</summary>
internal sealed class ConvTransposeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["ConvTranspose"];

    public string Note => "1-D, 2-D and 3-D; constant weights; groups, strides, dilations, pads, output_padding, output_shape, auto_pad";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        Value w = n.Float(1);
        Value? b = n.Has(2) ? n.Float(2) : null;
        int spatial = x.Dims.Length - 2;
        if (spatial < 1 || w.Dims.Length != x.Dims.Length)
        {
            throw n.Bad($"has input [{string.Join("×", x.Dims)}] and weights [{string.Join("×", w.Dims)}], whose ranks do not fit");
        }

        if (spatial > 3)
        {
            throw n.Refused($"it has {spatial} spatial axes; at most 3 are supported", "Reshape the data to fewer axes.");
        }

        if (w.Constant is null || (b is not null && b.Constant is null))
        {
            throw n.Refused("its weights are computed at run time", "Make input 1 a constant (run constant folding when exporting).");
        }

        if (x.Constant is not null)
        {
            throw new NotFoldableException();
        }

        int groups = (int)Math.Clamp(n.Integer("group", 1), 0, int.MaxValue);
        if (groups < 1 || w.Dims[0] != x.Dims[1] || x.Dims[1] % groups != 0 || Array.Exists(w.Dims, d => d < 1))
        {
            throw n.Bad($"has {x.Dims[1]} input channels, weights [{string.Join("×", w.Dims)}] and {groups} groups, which do not fit");
        }

        int[] kernel = w.Dims[2..];
        if (n.HasAttribute("kernel_shape") && !n.Extents("kernel_shape", spatial, 1, 1).SequenceEqual(kernel))
        {
            throw n.Bad("has a kernel_shape that its weights do not have");
        }

        int outputs = checked(w.Dims[1] * groups);
        ConvOperator.CheckBias(n, b, outputs);
        (TransposedConvolution op, int[] extents) = Geometry(n, x.Dims[2..], kernel, groups);
        w.WeightScales ??= n.Context.WeightScales(w, groups == 1 ? 1 : -1);
        n.Emit(op, b is null ? [x, w] : [x, w, b], [x.Dims[0], outputs, .. extents]);
    }

    private static (TransposedConvolution Operator, int[] Extents) Geometry(NodeImport n, int[] input, int[] kernel, int groups)
    {
        int rank = kernel.Length;
        int[] strides = n.Extents("strides", rank, 1, 1);
        int[] dilations = n.Extents("dilations", rank, 1, 1);
        int[] pads = n.Extents("pads", 2 * rank, 0, 0);
        int[] extra = n.Extents("output_padding", rank, 0, 0);
        string auto = n.Text("auto_pad", "NOTSET");
        int[]? wanted = OutputShape(n, rank);
        var begin = new int[rank];
        var end = new int[rank];
        var extents = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int reach = checked(((kernel[i] - 1) * dilations[i]) + 1);
            int full = checked((strides[i] * (input[i] - 1)) + extra[i] + reach);
            if (extra[i] >= Math.Max(strides[i], dilations[i]) && extra[i] > 0)
            {
                throw n.Bad($"has output_padding {extra[i]}, which has to be less than its stride or dilation");
            }

            int? total = null;
            switch (auto)
            {
                case "NOTSET":
                    begin[i] = pads[i];
                    end[i] = pads[rank + i];
                    total = wanted is null ? null : full - wanted[i];
                    break;
                case "VALID":
                    total = wanted is null ? null : full - wanted[i];
                    break;
                case "SAME_UPPER":
                case "SAME_LOWER":
                    total = full - (wanted?[i] ?? checked(input[i] * strides[i]));
                    break;
                default:
                    throw n.Bad($"has the unknown auto_pad '{auto}'");
            }

            if (total is < 0)
            {
                // The part of the output that no tap reaches: an output padding in disguise.
                total = 0;
                begin[i] = end[i] = 0;
                extents[i] = wanted?[i] ?? checked(input[i] * strides[i]);
                continue;
            }

            if (total is { } t)
            {
                begin[i] = auto == "SAME_UPPER" ? t / 2 : t - (t / 2);
                end[i] = t - begin[i];
            }

            extents[i] = full - begin[i] - end[i];
        }

        return (new TransposedConvolution(kernel, strides, dilations, begin, end, groups, Clamp.None), extents);
    }

    private static int[]? OutputShape(NodeImport n, int rank)
    {
        long[]? given = n.Integers("output_shape");
        if (given is null)
        {
            return null;
        }

        // Some exporters write batch and channels too.
        long[] spatial = given.Length == rank + 2 ? given[2..] : given;
        if (spatial.Length != rank || Array.Exists(spatial, d => d is < 1 or > 1 << 24))
        {
            throw n.Bad($"has the output_shape [{string.Join(", ", given)}]");
        }

        return Array.ConvertAll(spatial, d => (int)d);
    }
}
