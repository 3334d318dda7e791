using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>BatchNormalization with stored statistics.</summary>
internal sealed class BatchNormalizationOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["BatchNormalization"];

    public string Note => "inference only; constant statistics";

    public void Import(NodeImport n)
    {
        n.Ignore("momentum");
        Value x = n.Float(0);
        if (n.Opset < 7)
        {
            n.Ignore("consumed_inputs");
        }

        if (n.Flag("training_mode") || (n.Opset < 7 && !n.Flag("is_test")))
        {
            throw n.Refused("it is in training mode", "Export the model in evaluation mode (model.eval()).");
        }

        if (n.Integer("spatial", 1) != 1)
        {
            throw n.Refused("spatial = 0 is not supported", "Export the model with opset 9 or newer.");
        }

        int channels = x.Dims.Length < 2 ? throw n.Bad("needs an input with a channel axis") : x.Dims[1];
        float[] scale = Parameter(n, 1, channels);
        float[] shift = Parameter(n, 2, channels);
        float[] mean = Parameter(n, 3, channels);
        float[] variance = Parameter(n, 4, channels);
        float epsilon = n.Real("epsilon", 1e-5f);
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        var a = new float[channels];
        var b = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            double factor = scale[c] / Math.Sqrt((double)variance[c] + epsilon);
            a[c] = (float)factor;
            b[c] = (float)(shift[c] - (mean[c] * factor));
        }

        n.Emit(new ChannelAffine(), [x, n.NewConstant(Tensor.Of(a, channels), "scale"), n.NewConstant(Tensor.Of(b, channels), "shift")], x.Dims);
    }

    private static float[] Parameter(NodeImport n, int input, int channels)
    {
        float[] values = n.ConstantFloats(input);
        return values.Length == channels ? values : throw n.Bad($"has {channels} channels, but {values.Length} values as input {input}");
    }
}
