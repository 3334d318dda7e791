using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Evaluate;

namespace ModelPacker.Tests.Evaluate;

public class EvaluatorTests
{
    private static readonly InputSpec Spec = new() { Width = 1, Height = 1, OutputIsLogits = true };

    // The picture's red value picks the row of the table.
    private sealed class TablePredictor(float[][] rows) : IPredictor
    {
        public ReadOnlySpan<float> Predict(Picture picture) => rows[picture.Rgb[0]];

        public void Dispose()
        {
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void CountsHitsAndTiesForTheLowerClass(int threads)
    {
        float[][] rows = [[5, 1, 1, 1, 1, 1, 1], [1, 5, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1], [9, 8, 7, 6, 5, 4, 3]];
        Evaluation result = Run(rows, null, [0, 0, 0, 6], Spec, threads);
        Assert.Equal(4, result.N);
        Assert.Equal(2, result.Top1Hits);
        Assert.Equal(3, result.Top5Hits);
        Assert.Equal(50, result.Top1);
    }

    [Fact]
    public void LossIsMinusLogOfTheProbability()
    {
        float[] logits = [1, 2, 0.5f];
        double sum = logits.Sum(v => Math.Exp(v));
        Evaluation result = Run([logits], null, [1], Spec, 1);
        Assert.Equal(-Math.Log(Math.Exp(2) / sum), result.LogLoss, 6);
        Evaluation shares = Run([[0.25f, 0.5f, 0.25f]], null, [1], Spec with { OutputIsLogits = false }, 1);
        Assert.Equal(Math.Log(2), shares.LogLoss, 6);
    }

    [Fact]
    public void BackgroundClassesAreLeftOut()
    {
        Evaluation result = Run([[9, 1, 5]], null, [1], Spec with { FirstClass = 1 }, 1);
        Assert.Equal(1, result.Top1Hits);
    }

    [Fact]
    public void ComparesWithAnotherModel()
    {
        Evaluation result = Run([[1, 0], [1, 0]], [[2, 0], [0, 2]], [0, 0], Spec, 2);
        Assert.Equal(0.5, result.Agreement);
        Assert.Equal(0.5, result.Cosine!.Value, 6);
        Assert.Equal(1.0, result.MeanDifference!.Value, 6);
    }

    [Fact]
    public void WhereThereAreNoClassesNoneAgree()
        => Assert.Null(Run([[1, 0]], [[1, 0]], [-1], Spec with { Task = VisionTask.Other }, 1).Agreement);

    [Fact]
    public void WithoutLabelsThereIsNoAccuracy()
    {
        Evaluation result = Run([[1, 0]], null, [-1], Spec, 1);
        Assert.Equal(-1, result.Top1Hits);
        Assert.True(double.IsNaN(result.LogLoss));
    }

    [Fact]
    public void ALabelBeyondTheClassesIsAUsageError()
        => Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => Run([[1, 0]], null, [2], Spec, 1)).ExitCode);

    [Fact]
    public void StopsWhenCancelled()
    {
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Run([[1, 0]], null, [0], Spec, 1, source.Token));
    }

    private static Evaluation Run(float[][] rows, float[][]? other, int[] labels, InputSpec spec, int threads, CancellationToken cancel = default)
    {
        List<LabelledPicture> pictures = [.. labels.Select((label, i) => new LabelledPicture($"{i}", label, () => new Picture(1, 1, [(byte)i, 0, 0])))];
        return Evaluator.Run(() => new TablePredictor(rows), other is null ? null : () => new TablePredictor(other), spec, pictures, threads, null, cancel);
    }
}
