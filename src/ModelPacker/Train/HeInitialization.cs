using ModelPacker.Finetune;

namespace ModelPacker.Train;

/// <summary>Weights to start from: normal numbers whose variance is 2 over the products that an output sums, biases zero.</summary>
/// <remarks>He, Zhang, Ren and Sun, "Delving Deep into Rectifiers", ICCV 2015.</remarks>
internal static class HeInitialization
{
    /// <summary>Replaces all weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="seed">Seed.</param>
    public static void Run(TrainableModel model, int seed)
        => model.Replace(
            (layer, old) =>
            {
                Random random = Draws.For(seed, 0, layer.Step);
                double deviation = Math.Sqrt(2.0 / layer.Depth);
                return Array.ConvertAll(old, _ => (float)(deviation * Normal(random)));
            },
            (_, old) => new float[old.Length]);

    // Box and Muller, 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
