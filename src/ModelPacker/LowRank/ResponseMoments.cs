using MathNet.Numerics.LinearAlgebra;

namespace ModelPacker.LowRank;

/// <summary>How the responses of a layer vary.</summary>
/// <param name="Right">Means of the second set of responses, [outputs].</param>
/// <param name="Covariance">Covariances of the first with the second, [outputs, outputs].</param>
internal sealed record ResponseMoments(Vector<double> Right, Matrix<double> Covariance)
{
    /// <summary>Moments of responses.</summary>
    /// <param name="left">[samples, outputs].</param>
    /// <param name="right">[samples, outputs]; may be the same.</param>
    /// <param name="outputs">Output channels.</param>
    public static ResponseMoments Of(float[] left, float[] right, int outputs)
    {
        Matrix<double> first = Matrix(left, outputs);
        Matrix<double> second = ReferenceEquals(left, right) ? first : Matrix(right, outputs);
        int samples = first.RowCount;
        Vector<double> means = second.ColumnSums() / samples;
        Matrix<double> covariance = (first.TransposeThisAndMultiply(second) / samples) - (first.ColumnSums() / samples).OuterProduct(means);
        return new ResponseMoments(means, covariance);
    }

    /// <summary>Variances along the principal axes, largest first.</summary>
    public double[] Energies()
        => [.. Covariance.Evd(Symmetricity.Symmetric).EigenValues.Select(v => Math.Max(v.Real, 0)).Reverse()];

    private static Matrix<double> Matrix(float[] values, int outputs)
        => MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(values.Length / outputs, outputs, (s, n) => values[(s * outputs) + n]);
}
