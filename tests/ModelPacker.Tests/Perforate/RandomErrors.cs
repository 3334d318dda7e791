using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

/// <summary>Errors of stand-ins of random values and gradients.</summary>
internal static class RandomErrors
{
    public static StandInErrors Of(int height, int width, Random random)
    {
        StandInErrors errors = new(height, width, 1);
        errors.Add(0, Numbers(), Numbers(), 1);
        errors.Complete();
        return errors;

        float[] Numbers() => [.. Enumerable.Range(0, height * width).Select(_ => random.NextSingle())];
    }
}
