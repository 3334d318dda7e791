namespace ModelPacker.Finetune;

/// <summary>How parameters are moved against their gradients.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam, with steps relative to what is moved.</summary>
    Adam,
}
