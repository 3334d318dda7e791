using EdgeRuntime.Bundles;
using ModelPacker.Import;
using ModelPacker.Lower;

namespace ModelPacker.Tests.Lower;

/// <summary>What only rearranges, and what has to agree on an arrangement.</summary>
public class LayoutLoweringTests
{
    [Fact]
    public void FlattenIntoLinear()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 4, 5, 3).Weights("k", 6, 4, 3, 3).Weights("w", 7, 18).Weights("b", 7)
            .Node("Conv", "x k", "c").Node("Flatten", "c", "f").Node("Gemm", "f w b", "y", ("transB", 1)).Output("y"));

    [Fact]
    public void FlattenIntoLinearNeedsNoCopy()
    {
        LoweredModel model = FloatBundle.Lower(new OnnxBuilder().Input("x", 1, 4, 5, 3).Weights("k", 6, 4, 3, 3).Weights("w", 7, 18)
            .Node("Conv", "x k", "c").Node("Flatten", "c", "f").Node("Gemm", "f w", "y", ("transB", 1)).Output("y"));
        Assert.DoesNotContain(model.Steps, s => s.Step is GatherStep);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ConcatOnEveryAxis(int axis)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 2, 3, 4, 5).Input("b", 2, 3, 4, 5)
            .Node("Relu", "a", "p").Node("Neg", "b", "q").Node("Concat", "p q a", "y", ("axis", axis)).Output("y"));

    [Theory]
    [InlineData(new[] { 1, 4, 3, 5 })]
    [InlineData(new[] { 1, 4, 1, 1 })]
    [InlineData(new[] { 4, 1, 1 })]
    [InlineData(new[] { 5 })]
    [InlineData(new[] { 3, 1 })]
    [InlineData(new[] { 1, 1, 1, 1 })]
    public void Broadcasts(int[] dims)
    {
        foreach (string op in (string[])["Add", "Sub", "Mul", "Max"])
        {
            FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 1, 4, 3, 5).Input("b", dims).Node(op, "a b", "y").Output("y"));
            FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 1, 4, 3, 5).Weights("b", dims).Node(op, "b a", "y").Output("y"));
        }
    }

    [Fact]
    public void BothOperandsBroadcast()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 1, 4, 1, 5).Input("b", 3, 1).Node("Mul", "a b", "y").Output("y"));

    [Theory]
    [InlineData(new[] { 0, 2, 3, 1 })]
    [InlineData(new[] { 0, 3, 1, 2 })]
    [InlineData(new[] { 3, 2, 1, 0 })]
    [InlineData(new[] { 0, 1, 3, 2 })]
    public void Transposes(int[] permutation)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 2, 3, 4, 5).Node("Transpose", "x", "t", ("perm", permutation)).Node("Relu", "t", "y").Output("y").Output("t"));

    [Fact]
    public void TransposedThenAddedToItself()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 4, 4, 4).Node("Transpose", "x", "t", ("perm", new[] { 0, 3, 2, 1 })).Node("Add", "x t", "y").Output("y"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SlicesOnEveryAxis(int axis)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 6, 6, 6).Ints("from", 1).Ints("to", 6).Ints("axis", axis).Ints("step", 2).Weights("w", 4, axis == 1 ? 3 : 6, 1, 1)
            .Node("Slice", "x from to axis step", "s").Node("Conv", "s w", "y").Output("y"));

    [Fact]
    public void ChannelShuffle()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 6, 4, 4).Ints("five", 1, 2, 3, 4, 4).Ints("four", 1, 6, 4, 4)
            .Node("Reshape", "x five", "a").Node("Transpose", "a", "b", ("perm", new[] { 0, 2, 1, 3, 4 })).Node("Reshape", "b four", "c")
            .Node("Relu", "c", "y").Output("y"));

    [Fact]
    public void SplitAndRejoin()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 8, 3, 3).Ints("parts", 3, 5)
            .Node("Split", "x parts", "a b", ("axis", 1)).Node("Concat", "b a", "y", ("axis", 1)).Output("y"));

    [Fact]
    public void DetectorHead()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 8, 3, 4).Weights("w", 6, 8, 1, 1).Weights("v", 6, 8, 1, 1).Ints("s", 1, -1, 2)
            .Node("Conv", "x w", "c").Node("Transpose", "c", "ct", ("perm", new[] { 0, 2, 3, 1 })).Node("Reshape", "ct s", "a")
            .Node("Conv", "x v", "d").Node("Transpose", "d", "dt", ("perm", new[] { 0, 2, 3, 1 })).Node("Reshape", "dt s", "b")
            .Node("Concat", "a b", "joined", ("axis", 1)).Node("Softmax", "joined", "y", ("axis", 2)).Output("y"));

    [Fact]
    public void ProductsOfActivations()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 2, 3, 4, 5).Input("b", 3, 5, 6).Node("MatMul", "a b", "y").Output("y"));

    [Fact]
    public void AttentionLikeTransposedProduct()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("a", 1, 4, 6).Node("Transpose", "a", "t", ("perm", new[] { 0, 2, 1 })).Node("MatMul", "a t", "m")
            .Node("Softmax", "m", "s", ("axis", -1)).Node("MatMul", "s a", "y").Output("y"));

    [Fact]
    public void InputThatIsAlsoAnOutput()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 3, 2, 2).Node("Identity", "x", "y").Node("Relu", "x", "z").Output("y").Output("z"));

    [Fact]
    public void AModelOfConstantsOnlyIsRefused()
    {
        OnnxBuilder builder = new OnnxBuilder().Weights("w", 2, 3).Node("Relu", "w", "y").Output("y");
        Assert.Contains("nothing to run", Assert.Throws<ModelException>(() => FloatBundle.Lower(builder)).Message);
    }
}
