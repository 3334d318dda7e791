using System.Numerics.Tensors;

namespace ModelPacker.Quantizing;

/// <summary>Rounds the weights of an output channel together, so that the layer's output errs least: not each weight to its nearest level, but all to levels whose errors
/// cancel over the inputs that occur. The mean error goes into the bias.</summary>
/// <remarks>Minimises (w − s·q)ᵀ·H·(w − s·q) over whole numbers q by coordinate descent, H the covariance of the inputs. The layer-wise objective is that of Nagel et al., "Up or Down? Adaptive
/// Rounding for Post-Training Quantization", ICML 2020.</remarks>
internal static class ErrorRounding
{
    private const int Limit = 127;
    private const int Sweeps = 8;

    // Inputs vary more than the calibration pictures show.
    private const double Ridge = 0.01;

    /// <summary>Improves levels in place.</summary>
    /// <param name="weights">[depth] of one output channel.</param>
    /// <param name="levels">[depth] rounded weights in [−127, 127].</param>
    /// <param name="scale">What a level stands for.</param>
    /// <param name="covariance">[depth, depth] of the inputs.</param>
    public static void Improve(ReadOnlySpan<float> weights, Span<sbyte> levels, float scale, float[] covariance)
    {
        int depth = weights.Length;
        double trace = 0;
        for (int k = 0; k < depth; k++)
        {
            trace += covariance[(k * depth) + k];
        }

        float ridge = (float)(Ridge * trace / depth);
        float[] gradient = new float[depth];
        for (int k = 0; k < depth; k++)
        {
            float error = weights[k] - (scale * levels[k]);
            TensorPrimitives.MultiplyAdd(covariance.AsSpan(k * depth, depth), error, gradient, gradient);
            gradient[k] += ridge * error;
        }

        bool changed = true;
        for (int sweep = 0; sweep < Sweeps && changed; sweep++)
        {
            changed = false;
            for (int k = 0; k < depth; k++)
            {
                float curvature = covariance[(k * depth) + k] + ridge;
                if (!(curvature > 0))
                {
                    continue;
                }

                int step = (int)Math.Clamp(MathF.Round(gradient[k] / (scale * curvature)), -1, 1);
                if (step == 0 || Math.Abs(levels[k] + step) > Limit)
                {
                    continue;
                }

                levels[k] += (sbyte)step;
                float moved = -scale * step;
                TensorPrimitives.MultiplyAdd(covariance.AsSpan(k * depth, depth), moved, gradient, gradient);
                gradient[k] += ridge * moved;
                changed = true;
            }
        }
    }
}
