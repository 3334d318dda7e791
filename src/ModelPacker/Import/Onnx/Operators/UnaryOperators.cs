using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Activations and other elementwise functions of one input, by table.</summary>
internal sealed class UnaryOperators : IOnnxOperator
{
    private static readonly Dictionary<string, Func<NodeImport, Unary>> Table = new()
    {
        ["Relu"] = _ => new(UnaryFunction.Relu),
        ["LeakyRelu"] = n => new(UnaryFunction.LeakyRelu, n.Real("alpha", 0.01f)),
        ["Sigmoid"] = _ => new(UnaryFunction.Sigmoid),
        ["HardSigmoid"] = n => new(UnaryFunction.HardSigmoid, n.Real("alpha", 0.2f), n.Real("beta", 0.5f)),
        ["HardSwish"] = _ => new(UnaryFunction.HardSwish),
        ["Tanh"] = _ => new(UnaryFunction.Tanh),
        ["Elu"] = n => new(UnaryFunction.Elu, n.Real("alpha", 1)),
        ["Selu"] = n => new(UnaryFunction.Selu, n.Real("alpha", 1.67326319217681884765625f), n.Real("gamma", 1.05070102214813232421875f)),
        ["Exp"] = _ => new(UnaryFunction.Exp),
        ["Log"] = _ => new(UnaryFunction.Log),
        ["Sqrt"] = _ => new(UnaryFunction.Sqrt),
        ["Neg"] = _ => new(UnaryFunction.Negate),
        ["Abs"] = _ => new(UnaryFunction.Abs),
        ["Softplus"] = _ => new(UnaryFunction.Softplus),
        ["Erf"] = _ => new(UnaryFunction.Erf),
        ["Gelu"] = Gelu,
        ["Mish"] = _ => new(UnaryFunction.Mish),
        ["Softsign"] = _ => new(UnaryFunction.Softsign),
        ["ThresholdedRelu"] = n => new(UnaryFunction.ThresholdedRelu, n.Real("alpha", 1)),
        ["Reciprocal"] = _ => new(UnaryFunction.Reciprocal),
        ["Floor"] = _ => new(UnaryFunction.Floor),
        ["Ceil"] = _ => new(UnaryFunction.Ceiling),
    };

    public IReadOnlyList<string> Names => [.. Table.Keys];

    public string Note => "float";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        n.Emit(Table[n.Proto.OpType](n), [x], x.Dims);
    }

    private static Unary Gelu(NodeImport n)
    {
        string approximate = n.Text("approximate", "none");
        return approximate switch
        {
            "none" => new Unary(UnaryFunction.Gelu),
            "tanh" => new Unary(UnaryFunction.GeluTanh),
            _ => throw n.Bad($"has the unknown approximation '{approximate}'"),
        };
    }
}
