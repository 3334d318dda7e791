using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Maps;
using EdgeRuntime.Sessions;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

/// <summary>A point that takes a smaller picture is fed one, whoever feeds it.</summary>
public sealed class PictureInputTests
{
    private static readonly InputSpec Spec = new() { Width = 12, Height = 8 };

    [Fact]
    public void APictureIsPreparedAtTheSizeOfThePoint()
    {
        Picture picture = new(37, 29);
        new Random(5).NextBytes(picture.Rgb);
        using EdgeModel model = EdgeModel.Load(Averages());
        using Session session = model.CreateSession();
        PictureInput input = new(model.Bundle, Spec);
        foreach ((int point, int height, int width) in ((int, int, int)[])[(1, 5, 7), (0, 8, 12), (1, 5, 7)])
        {
            session.Point = point;
            input.Feed(session, picture);
            Preprocessor alone = new(Spec with { Height = height, Width = width });
            float[] wanted = new float[height * width * 3];
            alone.ToRows(picture, wanted);
            Assert.Equal(wanted, session.MapRows<float>(0).ToArray());
            Assert.Equal(wanted.Length, input.PreprocessorOf(point).Length);

            session.Run();
            float[] means = new float[3];
            session.GetOutput(0, means);
            for (int c = 0; c < 3; c++)
            {
                Assert.Equal(Enumerable.Range(0, height * width).Average(i => (double)wanted[(i * 3) + c]), means[c], 1e-4 * wanted.Max(Math.Abs));
            }
        }

        Assert.Equal(8 * 12 * 3, input.Preprocessor.Length);
    }

    [Fact]
    public void NumbersAreAsManyAsThePointTakes()
    {
        using EdgeModel model = EdgeModel.Load(Averages());
        using Session session = model.CreateSession();
        session.Point = 1;
        Assert.Contains("105 values", Assert.Throws<ArgumentException>(() => session.SetInput(0, new float[8 * 12 * 3])).Message, StringComparison.Ordinal);

        // Channel by channel, as the model has them.
        session.SetInput(0, [.. Enumerable.Range(0, 105).Select(i => (float)(i / 35))]);
        session.Run();
        float[] means = new float[3];
        session.GetOutput(0, means);
        Assert.Equal([0, 1, 2], means);
    }

    // A picture of 12 × 8 or of 7 × 5 pixels, averaged.
    private static Bundle Averages() => new()
    {
        Name = "averages",
        Producer = "test",
        Maps = [new Map("x", 3, ElementType.F32), new Map("y", 3, ElementType.F32)],
        Steps = [new PoolStep("mean", [0], 1, true, 0)],
        Tables = [All(96), All(35)],
        Blobs = [],
        Weights = new MemoryWeightSource(Array.Empty<byte>()),
        Points =
        [
            new OperatingPoint { Name = "dense", Rows = [96, 1], Tables = [[0]] },
            new OperatingPoint { Name = "small", Rows = [35, 1], Tables = [[1]], Input = new InputSize(5, 7) },
        ],
        Inputs = [new Port("x", 0, [1, 3, 8, 12], 1)],
        Outputs = [new Port("y", 1, [1, 3], 1)],
    };

    private static GatherTable All(int rows) => new(1, rows, rows, [.. Enumerable.Range(0, rows)]);
}
