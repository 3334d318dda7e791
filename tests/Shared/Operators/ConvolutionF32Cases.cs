using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Kernels.Depthwise;

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Random fp32 convolutions and depthwise convolutions.</summary>
public static unsafe class ConvolutionF32Cases
{
    /// <summary>Packs, runs in row and column pieces, returns the output bytes.</summary>
    public static byte[] Run(ConvolutionKernel<float> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        bool identity = scene.OneIn(3);
        int taps = identity ? 1 : random.Next(1, 10);
        int channels = scene.OneIn(4) ? random.Next(100, 400) : random.Next(1, 40);
        int outputChannels = scene.OneIn(4) ? random.Next(100, 300) : random.Next(1, 80);
        int rows = scene.OneIn(4) ? random.Next(90, 130) : random.Next(1, 30);
        int inputRows = identity ? rows : random.Next(1, 40);
        int depth = taps * channels;
        int inputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = outputChannels + (scene.OneIn(2) ? random.Next(20) : 0);
        float* weights = scene.Floats(outputChannels * depth, 0);
        byte* packed = Aligned(scene, kernel.PackedBytes(outputChannels, depth));
        int chunk = 32 * 6 * random.Next(1, 3);
        for (int first = 0; first < outputChannels; first += chunk)
        {
            kernel.Pack(weights + (first * depth), first, Math.Min(chunk, outputChannels - first), outputChannels, depth, packed);
        }

        var args = new ConvolutionArgs<float>
        {
            Input = scene.Floats(((inputRows - 1) * inputStride) + channels),
            InputStride = inputStride,
            PaddingRow = scene.Floats(channels),
            Table = identity ? null : scene.Table(rows, taps, inputRows),
            Taps = taps,
            Channels = channels,
            Weights = packed,
            Bias = scene.Floats(outputChannels, 256),
            OutputChannels = outputChannels,
            OutputMin = scene.OneIn(2) ? 0 : float.NegativeInfinity,
            OutputMax = scene.OneIn(2) ? 6 : float.PositiveInfinity,
            Output = (float*)scene.Output(rows, outputChannels, outputStride, sizeof(float)),
            OutputStride = outputStride,
        };
        byte* scratch = Aligned(scene, kernel.ScratchBytes(taps, channels));
        int rowCut = random.Next(rows + 1);
        int columnCut = Math.Min(outputChannels, 96 * random.Next(3));
        kernel.Run(in args, 0, rowCut, 0, outputChannels, scratch);
        kernel.Run(in args, rowCut, rows, 0, columnCut, scratch);
        kernel.Run(in args, rowCut, rows, columnCut, outputChannels, scratch);
        return scene.Take();
    }

    /// <summary>A depthwise problem in two pieces.</summary>
    public static byte[] RunDepthwise(RowKernel<DepthwiseArgs<float>> kernel, int seed)
    {
        using var scene = new OperatorScene(seed);
        Random random = scene.Random;
        bool identity = scene.OneIn(3);
        int taps = identity ? 1 : random.Next(1, 26);
        int channels = scene.Channels();
        int rows = random.Next(1, 12);
        int inputRows = identity ? rows : random.Next(1, 20);
        int inputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int outputStride = channels + (scene.OneIn(2) ? random.Next(20) : 0);
        int weightStride = (channels + 31) / 32 * 32;
        var args = new DepthwiseArgs<float>
        {
            Input = scene.Floats(((inputRows - 1) * inputStride) + channels),
            InputStride = inputStride,
            PaddingRow = scene.Floats(channels),
            Table = identity ? null : scene.Table(rows, taps, inputRows),
            Taps = taps,
            Channels = channels,
            Weights = scene.Floats(taps * weightStride),
            WeightStride = weightStride,
            Bias = scene.Floats(channels, 256),
            OutputMin = scene.OneIn(2) ? 0 : float.NegativeInfinity,
            OutputMax = scene.OneIn(2) ? 6 : float.PositiveInfinity,
            Output = (float*)scene.Output(rows, channels, outputStride, sizeof(float)),
            OutputStride = outputStride,
        };
        int cut = random.Next(rows + 1);
        kernel(in args, 0, cut);
        kernel(in args, cut, rows);
        return scene.Take();
    }

    private static byte* Aligned(OperatorScene scene, nuint bytes)
        => (byte*)(((nint)scene.Memory((int)bytes + 64, 0) + 63) & ~(nint)63);
}
