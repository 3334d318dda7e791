using EdgeRuntime.Bundles;
using ModelPacker.Lower;
using ModelPacker.Quantizing;

namespace ModelPacker.Emit;

/// <summary>Writes a lowered network as it is: fp32 maps (quantised inputs and outputs of the model stay int8).</summary>
public static class FloatEmitter
{
    /// <summary>Makes an fp32 bundle.</summary>
    public static Bundle Emit(LoweredModel model, byte[] inputSpec)
    {
        BundleBuilder builder = new();
        foreach (LoweredStep lowered in model.Steps)
        {
            Step step = Emit(lowered, builder.Blobs);
            LoweredMap output = model.Maps[step.Output];
            builder.Add(step is GatherStep gather && output.Integer ? gather with { Fill = LookupTables.Quantize(gather.Fill, output.Prescribed!) } : step, lowered.Tables);
        }

        Map[] maps = [.. model.Maps.Select(m => m.Integer
            ? new Map(m.Name, m.Channels, ElementType.S8, m.Prescribed!.Scale, m.Prescribed.ZeroPoint)
            : new Map(m.Name, m.Channels, ElementType.F32))];
        return builder.Build(model, maps, [.. model.Maps.Select(m => m.Rows)], inputSpec);
    }

    /// <summary>The step with its constants in fp32.</summary>
    public static Step Emit(LoweredStep lowered, BlobStore blobs) => lowered.Step switch
    {
        ConvolutionStep s => s with { Weights = blobs.Add(lowered.Weights!), Bias = blobs.Add(lowered.Bias!), Scales = -1 },
        DepthwiseStep s => s with { Weights = blobs.Add(lowered.Weights!), Bias = blobs.Add(lowered.Bias!), Scales = -1 },
        ResampleStep s => s with { Weights = blobs.Add(lowered.Weights!) },
        UnaryStep s when lowered.Weights is not null => s with { Slopes = blobs.Add(lowered.Weights) },
        ConstantStep s => s with { Values = blobs.Add(lowered.Weights!) },
        var s => s,
    };
}
