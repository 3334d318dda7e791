namespace ModelPacker.Gradients.Losses;

/// <summary>A loss: the mean over the pictures of a batch.</summary>
public interface ILoss
{
    /// <summary>Sums the loss of the pictures of a run and seeds its gradient. Called by several threads, each with its own run.</summary>
    /// <param name="run">A run whose forward pass is done; <see cref="GradientRun.FirstPicture"/> says which pictures of the batch it holds.</param>
    /// <param name="batch">Pictures of the batch: the gradient is that of the sum divided by it.</param>
    /// <returns>The sum of the losses of the run's pictures, not divided.</returns>
    double Evaluate(GradientRun run, int batch);
}
