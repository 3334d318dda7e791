using System.Numerics.Tensors;

namespace ModelPacker.Perforate;

/// <summary>What it does to a network's answer, picture by picture, when one site of a map takes the values of another near it: to first order
/// ⟨∂a/∂V(s), V(s′) − V(s)⟩, where a is a random projection of the answer (<see cref="Tune.AnswerProjection"/>).</summary>
/// <remarks>The mean over pictures of the squared sum over all skipped sites is what the mask adds to the divergence from the dense network's answer, in the Gauss-Newton
/// approximation with the Fisher information of the answer as metric: no labels, and no loss that is zero to first order. The errors of different sites of one picture may
/// cancel or add up, which a weight per site cannot know.</remarks>
/// <param name="height">Rows of the grid.</param>
/// <param name="width">Columns.</param>
/// <param name="pictures">Pictures.</param>
public sealed class StandInErrors(int height, int width, int pictures)
{
    /// <summary>Stand-ins at most so many rows or columns away are measured.</summary>
    public const int Radius = 3;

    private const int Side = (2 * Radius) + 1;

    // [site, offset, picture]
    private readonly float[]?[] _errors = new float[]?[height * width * Side * Side];
    private readonly float[] _energy = new float[height * width * Side * Side];

    /// <summary>Numbers that this keeps per site and picture.</summary>
    public static int PerSite => Side * Side;

    /// <summary>Rows of the grid.</summary>
    public int Height => height;

    /// <summary>Columns of the grid.</summary>
    public int Width => width;

    /// <summary>Pictures.</summary>
    public int Pictures => pictures;

    /// <summary>Adds one picture. Different pictures may be added by several threads at once.</summary>
    /// <param name="picture">Its index.</param>
    /// <param name="values">V, [height·width, channels].</param>
    /// <param name="gradients">∂a/∂V, likewise.</param>
    /// <param name="channels">Channels.</param>
    public void Add(int picture, ReadOnlySpan<float> values, ReadOnlySpan<float> gradients, int channels)
    {
        for (int site = 0; site < height * width; site++)
        {
            ReadOnlySpan<float> gradient = gradients.Slice(site * channels, channels);
            float own = TensorPrimitives.Dot(gradient, values.Slice(site * channels, channels));
            for (int dy = -Radius; dy <= Radius; dy++)
            {
                for (int dx = -Radius; dx <= Radius; dx++)
                {
                    int offset = Offset(dy, dx);
                    if (offset != Offset(0, 0) && Inside(site, dy, dx))
                    {
                        int other = site + (dy * width) + dx;
                        float error = TensorPrimitives.Dot(gradient, values.Slice(other * channels, channels)) - own;
                        Errors(site, offset)[picture] = error;
                    }
                }
            }
        }
    }

    /// <summary>To be called when all pictures are there.</summary>
    public void Complete()
    {
        for (int i = 0; i < _energy.Length; i++)
        {
            _energy[i] = _errors[i] is { } errors ? TensorPrimitives.SumOfSquares(errors) / pictures : 0;
        }
    }

    /// <summary>Number of an offset.</summary>
    internal static int Offset(int dy, int dx) => ((dy + Radius) * Side) + dx + Radius;

    /// <summary>Errors of all pictures when the site at an offset stands for a site; empty where it stands for itself.</summary>
    internal ReadOnlySpan<float> Of(int site, int offset) => _errors[(site * PerSite) + offset];

    /// <summary>Mean squared error when the site at an offset stands for a site.</summary>
    internal double Energy(int site, int offset) => _energy[(site * PerSite) + offset];

    /// <summary>Mean squared error when one site stands for another; beyond what was measured, it is taken to grow with the distance.</summary>
    internal double Between(int site, int standIn)
    {
        (int offset, double far) = Toward(site, standIn);
        return far * Energy(site, offset);
    }

    /// <summary>Adds the errors of all pictures when one site stands for another.</summary>
    /// <returns>The mean squared error.</returns>
    internal double AddBetween(int site, int standIn, Span<float> sums)
    {
        (int offset, double far) = Toward(site, standIn);
        if (Of(site, offset) is { IsEmpty: false } errors)
        {
            TensorPrimitives.MultiplyAdd(errors, (float)Math.Sqrt(far), sums, sums);
        }

        return far * Energy(site, offset);
    }

    // The measured offset in the direction of a stand-in, and how many times as far it is.
    private (int Offset, double Far) Toward(int site, int standIn)
    {
        int dy = (standIn / width) - (site / width);
        int dx = (standIn % width) - (site % width);
        double far = Math.Max(1, Math.Max(Math.Abs(dy), Math.Abs(dx)) / (double)Radius);
        return (Offset((int)Math.Round(dy / far), (int)Math.Round(dx / far)), far);
    }

    private float[] Errors(int site, int offset)
    {
        ref float[]? errors = ref _errors[(site * PerSite) + offset];
        return errors ?? Interlocked.CompareExchange(ref errors, new float[pictures], null) ?? errors;
    }

    private bool Inside(int site, int dy, int dx) => (uint)((site / width) + dy) < (uint)height && (uint)((site % width) + dx) < (uint)width;
}
