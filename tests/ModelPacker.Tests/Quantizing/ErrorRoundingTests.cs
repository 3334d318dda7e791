using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Lower;
using ModelPacker.Quantizing;
using ModelPacker.Tests.Lower;

namespace ModelPacker.Tests.Quantizing;

public class ErrorRoundingTests
{
    [Fact]
    public void ErrorsOfInputsThatMoveTogetherCancel()
    {
        // Both inputs are always equal: only the sum of the weights matters.
        float[] covariance = [1, 1, 1, 1];
        sbyte[] levels = [0, 0];
        ErrorRounding.Improve([0.45f, 0.45f], levels, 1, covariance);
        Assert.Equal(1, levels[0] + levels[1]);
    }

    [Fact]
    public void IndependentInputsKeepTheNearestLevels()
    {
        float[] covariance = [1, 0, 0, 0, 4, 0, 0, 0, 9];
        sbyte[] levels = [1, -3, 100];
        ErrorRounding.Improve([1.4f, -2.6f, 99.8f], levels, 1, covariance);
        Assert.Equal([1, -3, 100], levels.Select(l => (int)l));
    }

    [Fact]
    public void LevelsStayInRange()
    {
        float[] covariance = [1, 1, 1, 1];
        sbyte[] levels = [127, 127];
        ErrorRounding.Improve([127.4f, 130f], levels, 1, covariance);
        Assert.All(levels, l => Assert.InRange((int)l, -127, 127));
    }

    [Fact]
    public void CorrelatedInputsErrMuchLess()
    {
        Random random = new(3);
        double before = 0;
        double after = 0;
        for (int trial = 0; trial < 20; trial++)
        {
            const int Depth = 24;
            float[][] inputs = [.. Enumerable.Range(0, 60).Select(_ =>
            {
                float common = random.NextSingle();
                return Enumerable.Range(0, Depth).Select(_ => common + (0.3f * random.NextSingle())).ToArray();
            })];
            float[] means = [.. Enumerable.Range(0, Depth).Select(k => inputs.Average(x => x[k]))];
            float[] covariance = new float[Depth * Depth];
            for (int a = 0; a < Depth; a++)
            {
                for (int b = 0; b < Depth; b++)
                {
                    covariance[(a * Depth) + b] = inputs.Average(x => (x[a] - means[a]) * (x[b] - means[b]));
                }
            }

            float[] weights = [.. Enumerable.Range(0, Depth).Select(_ => (random.NextSingle() * 100) - 50)];
            sbyte[] nearest = [.. weights.Select(w => (sbyte)MathF.Round(w))];
            sbyte[] improved = [.. nearest];
            ErrorRounding.Improve(weights, improved, 1, covariance);
            before += Variance(inputs, weights, nearest);
            after += Variance(inputs, weights, improved);
        }

        Assert.True(after < 0.7 * before, $"{before} became {after}");
    }

    [Fact]
    public void MomentsAreThoseOfThePatches()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 2, 5, 6).Weights("w", 3, 2, 3, 3).Node("Conv", "x w", "y", ("pads", new[] { 1, 1, 1, 1 })).Output("y");
        LoweredModel model = FloatBundle.Lower(builder);
        float[] covariance = InputMoments.Collect(model, [(Action<Session>)(s => FloatBundle.Feed(s, builder))], 1, default).Of(model.Steps[0].Step.Output)!;
        ConvolutionStep step = (ConvolutionStep)model.Steps[0].Step;
        float[] x = builder.Feeds["x"].Data;

        // Patches in the order of the weights: taps, then channels. All 30 sites are sampled.
        float[][] patches = [.. Enumerable.Range(0, 30).Select(o => Enumerable.Range(0, 18).Select(k =>
        {
            (int tap, int channel) = (k / 2, k % 2);
            (int row, int column) = ((o / 6) + (tap / 3) - 1, (o % 6) + (tap % 3) - 1);
            return row is < 0 or > 4 || column is < 0 or > 5 ? 0 : x[(channel * 30) + (row * 6) + column];
        }).ToArray())];
        Assert.Equal(9, step.Taps);
        for (int a = 0; a < 18; a++)
        {
            for (int b = 0; b < 18; b++)
            {
                double expected = patches.Average(p => p[a] * p[b]) - (patches.Average(p => p[a]) * patches.Average(p => p[b]));
                Assert.Equal(expected, covariance[(a * 18) + b], 1e-4);
            }
        }
    }

    private static double Variance(float[][] inputs, float[] weights, sbyte[] levels)
    {
        double[] errors = [.. inputs.Select(x => x.Select((v, k) => (double)(weights[k] - levels[k]) * v).Sum())];
        double mean = errors.Average();
        return errors.Average(e => (e - mean) * (e - mean));
    }
}
