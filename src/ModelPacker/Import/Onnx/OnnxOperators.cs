using ModelPacker.Import.Onnx.Operators;

namespace ModelPacker.Import.Onnx;

/// <summary>All operators that the importer knows.</summary>
internal static class OnnxOperators
{
    /// <summary>Oldest opset of the standard domain. It has flags for broadcasting and inference that opset 7 dropped.</summary>
    public const int OldestOpset = 6;

    /// <summary>Newest opset of the standard domain whose changes have been looked at.</summary>
    public const int NewestOpset = 27;

    /// <summary>The importers, in the order of <c>list-ops</c>.</summary>
    public static IReadOnlyList<IOnnxOperator> All { get; } =
    [
        new ConvOperator(),
        new ConvTransposeOperator(),
        new GemmOperator(),
        new MatMulOperator(),
        new PoolOperators(),
        new GlobalPoolOperators(),
        new UnaryOperators(),
        new ClipOperator(),
        new CeluOperator(),
        new PReluOperator(),
        new SoftmaxOperators(),
        new BatchNormalizationOperator(),
        new LrnOperator(),
        new BinaryOperators(),
        new VariadicOperators(),
        new ConcatOperator(),
        new FlattenOperator(),
        new ReshapeOperator(),
        new SqueezeOperators(),
        new TransposeOperator(),
        new SliceOperator(),
        new SplitOperator(),
        new GatherOperator(),
        new ExpandOperator(),
        new TileOperator(),
        new PadOperator(),
        new ResizeOperator(),
        new UpsampleOperator(),
        new DepthToSpaceOperators(),
        new ReduceOperators(),
        new IdentityOperators(),
        new CastOperator(),
        new ShapeOperators(),
        new ConstantOperator(),
        new ConstantOfShapeOperator(),
        new RangeOperator(),
        new QuantizeLinearOperator(),
        new DequantizeLinearOperator(),
        new QLinearConvOperator(),
        new QLinearMatMulOperator(),
        new QLinearBinaryOperators(),
        new QLinearUnaryOperators(),
        new QLinearConcatOperator(),
        new QLinearPoolOperators(),
        new ConstantOnlyOperators(),
        new RefusedOperators(),
    ];

    private static readonly Dictionary<(string Domain, string Name), IOnnxOperator> ByName =
        All.SelectMany(op => op.Names.Select(name => (Key: (op.Domain, name), Op: op))).ToDictionary(e => e.Key, e => e.Op);

    /// <summary>The importer of an operator, or null.</summary>
    public static IOnnxOperator? Find(string domain, string name) => ByName.GetValueOrDefault((domain, name));

    /// <summary>The standard domain has two spellings.</summary>
    public static string NormaliseDomain(string domain) => domain == "ai.onnx" ? "" : domain;
}
