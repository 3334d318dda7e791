using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>Random networks with branches, residual sums and concatenations, with a dense and two perforated points.</summary>
public static class RandomNetwork
{
    /// <summary>Makes the network of a seed: the same one on every machine.</summary>
    public static Bundle Create(int seed, int steps = 14, int side = 12, bool allowFloat = true)
    {
        NetworkBuilder net = new(seed);
        Random random = net.Random;
        bool s8 = !allowFloat || random.Next(3) > 0;
        List<int> maps = [net.Input(s8 ? ElementType.S8 : ElementType.F32, side, side + random.Next(3), 1 + random.Next(20))];
        while (net.Steps.Count < steps)
        {
            if (TryStep(net, maps[Math.Max(0, maps.Count - 1 - random.Next(4))], maps, allowFloat) is { } made)
            {
                maps.Add(made);
            }
        }

        int last = net.GlobalAverage(maps[^1]);
        last = net.Convolution(last, 1, 1, 10);
        last = net.Maps[last].Type == ElementType.S8 ? net.Convert(last) : last;
        net.Output(net.Softmax(last));
        int[] windows = [.. Enumerable.Range(0, net.Steps.Count).Where(i => net.Steps[i].Step is ConvolutionStep or DepthwiseStep or PoolStep
            && net.Steps[i].Geometry[0] is not null && net.Sites(net.Steps[i].Step.Output) > 1)];
        return net.Build(windows.ToHashSet(), windows.Where(i => i % 2 == 0).ToHashSet());
    }

    private static int? TryStep(NetworkBuilder net, int input, List<int> maps, bool allowFloat)
    {
        Random random = net.Random;
        Map map = net.Maps[input];
        int stride = net.Extent(input).Height > 3 ? 1 + random.Next(2) : 1;
        int[] same = [.. maps.Where(m => net.Extent(m) == net.Extent(input) && net.Maps[m].Type == map.Type)];
        switch (random.Next(10))
        {
            case 0 or 1:
                return net.Convolution(input, 3, stride, 1 + random.Next(40));
            case 2:
                return net.Convolution(input, 1, 1, 1 + random.Next(70), 1, -20, 90);
            case 3 when map.Channels % 2 == 0:
                return net.Convolution(input, 3, 1, 2 * (1 + random.Next(10)), 2);
            case 4:
                return net.Depthwise(input, 3, stride);
            case 5:
                return net.Pool(input, 2 + random.Next(2), stride, random.Next(2) == 0);
            case 6 or 7:
                int[] joinable = [.. same.Where(m => net.Maps[m].Scale == map.Scale && net.Maps[m].ZeroPoint == map.ZeroPoint).TakeLast(2 + random.Next(2))];
                return joinable.Length < 2 || joinable.Sum(m => net.Maps[m].Channels) > 200 ? null : net.Concat(joinable);
            case 8:
                int[] addable = [.. same.Where(m => net.Maps[m].Channels == map.Channels)];
                return net.Binary(addable[random.Next(addable.Length)], input, (BinaryFunction)random.Next(3));
            default:
                return map.Type == ElementType.S8 && random.Next(3) > 0 ? net.Lookup(input, random.Next(2) == 0) : allowFloat ? net.Convert(input) : null;
        }
    }
}
