using EdgeRuntime.Bundles;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>A classifier of 8×8 pictures that is so small that everything around it shows.</summary>
public static class TinyClassifier
{
    /// <summary>Makes it; another seed gives other weights.</summary>
    /// <param name="seed">Of its weights.</param>
    /// <param name="points">Operating points beside the dense one, with figures that a governor can use.</param>
    public static Bundle Create(int seed = 1, int points = 0)
    {
        NetworkBuilder net = new(seed)
        {
            InputSpec = """
                {"input":{"width":8,"height":8,"scale":0.0039},"task":"classification","output":{"kind":"logits","classes":5},
                 "labels":["kind 0","kind 1","kind 2","kind 3","kind 4"]}
                """,
        };
        int map = net.Convolution(net.Input(ElementType.S8, 8, 8, 3), 3, 2, 8);
        net.Output(net.Convert(net.Convolution(net.GlobalAverage(map), 1, 1, 5)));
        Bundle bundle = net.Build([.. Enumerable.Repeat(new HashSet<int> { 0 }, points)]);
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            bundle.Points[i].Figures["macs"] = 1000.0 / (i + 1);
            bundle.Points[i].Figures["top1"] = 90 - i;
        }

        return bundle;
    }
}
