namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Operators that are computed on import where all their inputs are constants, and refused elsewhere.</summary>
internal sealed class ConstantOnlyOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names =>
    [
        "And", "ArgMax", "ArgMin", "CastLike", "Cos", "CumSum", "Equal", "GatherElements", "GatherND", "Greater", "GreaterOrEqual",
        "IsInf", "IsNaN", "Less", "LessOrEqual", "Mod", "NonZero", "Not", "Or", "ReduceLogSum", "ReduceLogSumExp", "ReduceProd",
        "Round", "ScatterElements", "ScatterND", "Sign", "Sin", "Tan", "TopK", "Trilu", "Where", "Xor",
    ];

    public string Note => "only where all inputs are constants";

    public void Import(NodeImport n)
    {
        if (n.AllConstant && n.InputCount > 0)
        {
            throw new NotFoldableException();
        }

        throw n.Refused("the operator is supported only where all its inputs are constants", "Replace it, or cut the model in front of it and compute the rest in the application.");
    }
}
