namespace EdgeRuntime.Kernels.Convolution;

/// <summary>Scalar fp32 convolution: the oracle.</summary>
public sealed unsafe class ConvolutionF32Reference : ConvolutionKernel<float>
{
    /// <inheritdoc/>
    public override string Family => "convolution-f32";

    /// <inheritdoc/>
    public override string Name => "reference";

    /// <inheritdoc/>
    public override bool IsSupported => true;

    /// <inheritdoc/>
    public override int RowTile => 1;

    /// <inheritdoc/>
    public override int ColumnTile => 1;

    /// <inheritdoc/>
    public override nuint PackedBytes(int outputChannels, int depth) => (nuint)outputChannels * (nuint)depth * sizeof(float);

    /// <inheritdoc/>
    public override void Pack(float* weights, int first, int count, int outputChannels, int depth, byte* packed)
    {
        nuint bytes = (nuint)count * (nuint)depth * sizeof(float);
        Buffer.MemoryCopy(weights, (float*)packed + ((nint)first * depth), bytes, bytes);
    }

    /// <inheritdoc/>
    public override nuint ScratchBytes(int taps, int channels) => 0;

    /// <inheritdoc/>
    public override void Run(in ConvolutionArgs<float> args, int rowBegin, int rowEnd, int columnBegin, int columnEnd, byte* scratch)
    {
        for (nint row = rowBegin; row < rowEnd; row++)
        {
            for (nint column = columnBegin; column < columnEnd; column++)
            {
                float* weights = (float*)args.Weights + (column * args.Taps * args.Channels);
                float sum = ((float*)args.Bias)[column];
                for (int tap = 0; tap < args.Taps; tap++)
                {
                    nint source = args.Table == null ? row : args.Table[(row * args.Taps) + tap];
                    float* input = source < 0 ? args.PaddingRow : args.Input + (source * args.InputStride);
                    for (int channel = 0; channel < args.Channels; channel++)
                    {
                        sum = MathF.FusedMultiplyAdd(*weights++, input[channel], sum);
                    }
                }

                args.Output[(row * args.OutputStride) + column] = Int8Rounding.Clamp(sum, args.OutputMin, args.OutputMax);
            }
        }
    }
}
