using MathNet.Numerics.LinearAlgebra;

namespace ModelPacker.LowRank;

/// <summary>A layer as two: few filters, and a matrix that spreads them over the outputs.</summary>
/// <remarks>Fitted by reduced-rank regression of the exact network's responses on those of the network as it has become (Zhang et al., TPAMI 2016, section 2.3, the asymmetric case without its treatment of the
/// activation; Izenman, 1975). Of the regression matrices that are as good, the one nearest to the identity is taken, so that with equal responses and full rank nothing changes.</remarks>
internal sealed record ChannelFactors(float[] Filters, float[] Spread, float[] Bias)
{
    // Of the mean variance: directions in which the responses do not vary cannot be fitted.
    private const double Ridge = 1e-3;

    /// <summary>Fits the factors.</summary>
    /// <param name="weights">[outputs, depth] of the layer.</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="exact">Responses of the exact network without bias, [samples, outputs].</param>
    /// <param name="approximate">Responses of the same weights to the inputs that they get in the network as it has become, [samples, outputs].</param>
    /// <param name="rank">Filters to keep.</param>
    /// <returns>Filters [rank, depth] (without bias), the matrix behind them [outputs, rank], and its bias [outputs].</returns>
    public static ChannelFactors Fit(float[] weights, float[] bias, float[] exact, float[] approximate, int rank)
    {
        int outputs = bias.Length;
        ResponseMoments wanted = ResponseMoments.Of(exact, exact, outputs);
        ResponseMoments given = ReferenceEquals(exact, approximate) ? wanted : ResponseMoments.Of(approximate, approximate, outputs);
        Matrix<double> crossed = ReferenceEquals(exact, approximate) ? wanted.Covariance : ResponseMoments.Of(exact, approximate, outputs).Covariance;
        Matrix<double> ridge = Matrix<double>.Build.DenseDiagonal(outputs, Math.Max(Ridge * given.Covariance.Trace() / outputs, double.Epsilon));
        Matrix<double> regularised = given.Covariance + ridge;
        Matrix<double> regression = regularised.Cholesky().Solve((crossed + ridge).Transpose()).Transpose();
        Matrix<double> explained = regression * regularised * regression.Transpose();
        Matrix<double> axes = ((explained + explained.Transpose()) / 2).Evd(Symmetricity.Symmetric).EigenVectors;

        // Ascending eigenvalues: the principal axes are the last columns.
        Matrix<double> principal = Matrix<double>.Build.Dense(outputs, rank, (n, j) => axes[n, outputs - 1 - j]);
        Matrix<double> spread = principal * Rotation(rank);
        Matrix<double> toFilters = spread.TransposeThisAndMultiply(regression);
        Matrix<double> filters = toFilters * Matrix<double>.Build.Dense(outputs, weights.Length / outputs, (n, k) => weights[(n * (weights.Length / outputs)) + k]);
        Vector<double> shift = wanted.Right - (spread * (toFilters * given.Right));
        return new ChannelFactors(RowMajor(filters), RowMajor(spread), [.. bias.Select((b, n) => (float)(b + shift[n]))]);
    }

    // Any rotation between the factors leaves their product as it is. Along the principal axes the first filter would vary far more than the last, and one int8 scale would serve few of them; the orthonormal cosine
    // transform (DCT-II) spreads the axes over all filters, the first one evenly.
    private static Matrix<double> Rotation(int rank)
        => Matrix<double>.Build.Dense(rank, rank, (j, k) => Math.Sqrt((j == 0 ? 1.0 : 2.0) / rank) * Math.Cos(Math.PI * ((2 * k) + 1) * j / (2.0 * rank)));

    private static float[] RowMajor(Matrix<double> matrix) => Array.ConvertAll(matrix.ToRowMajorArray(), v => (float)v);
}
