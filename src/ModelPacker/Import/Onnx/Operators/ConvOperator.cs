using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Conv.</summary>
internal sealed class ConvOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Conv"];

    public string Note => "1-D, 2-D and 3-D; constant weights; groups, strides, dilations, pads, auto_pad";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        Value w = n.Float(1);
        Value? b = n.Has(2) ? n.Float(2) : null;
        (Convolution op, int[] dims) = Resolve(n, x, w, b, 1);
        n.Emit(op, b is null ? [x, w] : [x, w, b], dims);
    }

    /// <summary>Checks weights and geometry.</summary>
    /// <param name="n">The node with Conv's attributes.</param>
    /// <param name="x">Input [N, C, S…].</param>
    /// <param name="w">Weights [O, C/groups, K…].</param>
    /// <param name="b">Bias [O], or null.</param>
    /// <param name="weightInput">Index of the weights, for messages.</param>
    public static (Convolution Operator, int[] Dims) Resolve(NodeImport n, Value x, Value w, Value? b, int weightInput)
    {
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
            throw n.Refused("its weights are computed at run time", $"Make input {weightInput} a constant (run constant folding when exporting).");
        }

        if (x.Constant is not null)
        {
            throw new NotFoldableException();
        }

        int groups = (int)Math.Clamp(n.Integer("group", 1), 0, int.MaxValue);
        int outputs = w.Dims[0];
        if (groups < 1 || outputs < 1 || x.Dims[1] % groups != 0 || outputs % groups != 0 || w.Dims[1] != x.Dims[1] / groups)
        {
            throw n.Bad($"has {x.Dims[1]} input channels, weights [{string.Join("×", w.Dims)}] and {groups} groups, which do not fit");
        }

        int[] kernel = w.Dims[2..];
        if (n.HasAttribute("kernel_shape") && !n.Extents("kernel_shape", spatial, 1, 1).SequenceEqual(kernel))
        {
            throw n.Bad("has a kernel_shape that its weights do not have");
        }

        if (Array.Exists(kernel, k => k < 1))
        {
            throw n.Bad("has empty weights");
        }

        CheckBias(n, b, outputs);
        Window window = Window.Read(n, x.Dims[2..], kernel);
        w.WeightScales ??= n.Context.WeightScales(w, 0);
        var op = new Convolution(kernel, window.Strides, window.Dilations, window.PadsBegin, window.PadsEnd, groups, Clamp.None);
        return (op, [x.Dims[0], outputs, .. window.Output]);
    }

    /// <summary>A bias has one value per output channel.</summary>
    public static void CheckBias(NodeImport n, Value? b, int outputs)
    {
        if (b is not null && (b.Dims.Length != 1 || b.Dims[0] != outputs))
        {
            throw n.Bad($"has {outputs} output channels, but a bias of shape [{string.Join("×", b.Dims)}]");
        }
    }
}
