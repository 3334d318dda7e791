namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>Elementwise functions of one value, with the parameters α and β. The numbers are part of the bundle format.</summary>
public enum UnaryFunction : byte
{
    /// <summary>max(x, 0).</summary>
    Relu = 0,

    /// <summary>min(max(x, α), β).</summary>
    Clip = 1,

    /// <summary>x if x ≥ 0, else α·x.</summary>
    LeakyRelu = 2,

    /// <summary>1 / (1 + e^−x).</summary>
    Sigmoid = 3,

    /// <summary>min(max(α·x + β, 0), 1).</summary>
    HardSigmoid = 4,

    /// <summary>x · min(max(x/6 + 0.5, 0), 1).</summary>
    HardSwish = 5,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh = 6,

    /// <summary>x if x ≥ 0, else α·(e^x − 1).</summary>
    Elu = 7,

    /// <summary>e^x.</summary>
    Exp = 8,

    /// <summary>Natural logarithm.</summary>
    Log = 9,

    /// <summary>Square root.</summary>
    Sqrt = 10,

    /// <summary>−x.</summary>
    Negate = 11,

    /// <summary>|x|.</summary>
    Abs = 12,

    /// <summary>log(1 + e^x).</summary>
    Softplus = 13,

    /// <summary>Gauss error function.</summary>
    Erf = 14,

    /// <summary>β·x if x > 0, else β·α·(e^x − 1).</summary>
    Selu = 15,

    /// <summary>x·tanh(softplus(x)).</summary>
    Mish = 16,

    /// <summary>x·sigmoid(x).</summary>
    Swish = 17,

    /// <summary>x/2·(1 + erf(x/√2)).</summary>
    Gelu = 18,

    /// <summary>α·x + β.</summary>
    Linear = 19,

    /// <summary>1/x.</summary>
    Reciprocal = 20,

    /// <summary>x if x > α, else 0.</summary>
    ThresholdedRelu = 21,

    /// <summary>Round down.</summary>
    Floor = 22,

    /// <summary>Round up.</summary>
    Ceiling = 23,

    /// <summary>The tanh approximation of Gelu.</summary>
    GeluTanh = 24,

    /// <summary>x / (1 + |x|).</summary>
    Softsign = 25,
}
