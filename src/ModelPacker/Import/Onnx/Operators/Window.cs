namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Window geometry that convolutions and pools share.</summary>
internal sealed record Window(int[] Kernel, int[] Strides, int[] Dilations, int[] PadsBegin, int[] PadsEnd, int[] Output)
{
    /// <summary>Reads strides, dilations, pads and auto_pad, and finds the output extents.</summary>
    /// <param name="n">The node.</param>
    /// <param name="spatial">Spatial extents of the input.</param>
    /// <param name="kernel">Kernel extents.</param>
    /// <param name="ceil">Round output extents up.</param>
    public static Window Read(NodeImport n, int[] spatial, int[] kernel, bool ceil = false)
    {
        int rank = spatial.Length;
        int[] strides = n.Extents("strides", rank, 1, 1);
        int[] dilations = n.Extents("dilations", rank, 1, 1);
        int[] pads = n.Extents("pads", 2 * rank, 0, 0);
        string auto = n.Text("auto_pad", "NOTSET");
        var begin = new int[rank];
        var end = new int[rank];
        var output = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            int reach = checked(((kernel[i] - 1) * dilations[i]) + 1);
            switch (auto)
            {
                case "NOTSET":
                case "VALID":
                    if (auto == "NOTSET")
                    {
                        begin[i] = pads[i];
                        end[i] = pads[rank + i];
                    }

                    int free = spatial[i] + begin[i] + end[i] - reach;
                    if (free < 0 && !(ceil && free + strides[i] > 0))
                    {
                        throw n.Bad($"has a window of {reach}, but its padded input has only {reach + free} along spatial axis {i}");
                    }

                    if (ceil && auto == "VALID" && free % strides[i] != 0)
                    {
                        throw n.Refused("auto_pad VALID with ceil_mode is read differently by different runtimes", "Export the model with explicit pads.");
                    }

                    output[i] = (ceil ? (free + strides[i] - 1) / strides[i] : free / strides[i]) + 1;

                    // A window has to start inside the image or its leading padding.
                    if (ceil && (output[i] - 1) * strides[i] >= spatial[i] + begin[i])
                    {
                        output[i]--;
                    }

                    break;
                case "SAME_UPPER":
                case "SAME_LOWER":
                    output[i] = (spatial[i] + strides[i] - 1) / strides[i];
                    int total = Math.Max(0, ((output[i] - 1) * strides[i]) + reach - spatial[i]);
                    begin[i] = auto == "SAME_UPPER" ? total / 2 : total - (total / 2);
                    end[i] = total - begin[i];
                    break;
                default:
                    throw n.Bad($"has the unknown auto_pad '{auto}'");
            }
        }

        return new Window(kernel, strides, dilations, begin, end, output);
    }

    /// <summary>kernel_shape, which is mandatory for pools.</summary>
    public static int[] Kernels(NodeImport n, int rank) =>
        n.HasAttribute("kernel_shape") ? n.Extents("kernel_shape", rank, 1, 1) : throw n.Bad("lacks kernel_shape");
}
