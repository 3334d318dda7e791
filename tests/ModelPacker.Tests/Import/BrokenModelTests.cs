using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Tests.Import;

/// <summary>Broken and unsupported models end in a ModelException that says what is wrong.</summary>
public class BrokenModelTests
{
    [Fact]
    public void DamagedFilesNeverEscapeAsOtherErrors()
    {
        byte[] good = Small().Model.ToByteArray();
        var random = new Random(5);
        for (int round = 0; round < 400; round++)
        {
            byte[] bad = [.. good[..random.Next(round % 2 == 0 ? good.Length : good.Length + 1)]];
            if (round % 2 == 1)
            {
                bad = [.. good];
                for (int k = 0; k < 1 + (round % 5); k++)
                {
                    bad[random.Next(bad.Length)] = (byte)random.Next(256);
                }
            }

            string path = Path.GetTempFileName();
            try
            {
                File.WriteAllBytes(path, bad);
                Exception? e = Record.Exception(() => OnnxImporter.Import(path));
                Assert.True(e is null or ModelException, e?.ToString());
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void AllUnsupportedNodesAreListedAtOnce()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 1, 4, 4, 4).Output("y").Node("Bogus", "x", "a").Node("Relu", "a", "r").Node("Einsum", "r", "e")
            .Node("InstanceNormalization", "x x x", "i").Node("TopK", "i", "t").Node("Unused", "x", "nobody").Node("Add", "e t", "y");
        var e = Assert.Throws<UnsupportedModelException>(() => Import(b));
        Assert.Equal(["Bogus", "Einsum", "InstanceNormalization"], e.Nodes.Select(n => n.Operator));
        Assert.Equal("[1×4×4×4]", e.Nodes[0].Inputs);
        Assert.Equal(3, ModelException.ExitCode);
    }

    [Fact]
    public void UnknownAttributesAreRefused() =>
        Assert.Contains("strange", Assert.Throws<UnsupportedModelException>(() => Import(new OnnxBuilder().Input("x", 2, 2).Output("y").Node("Relu", "x", "y", ("strange", 1)))).Message, StringComparison.Ordinal);

    [Fact]
    public void MissingAndCyclicInputsAreErrors()
    {
        Throws(new OnnxBuilder().Input("x", 2, 2).Output("y").Node("Add", "x nothing", "y"), "nothing");
        Throws(new OnnxBuilder().Input("x", 2, 2).Output("y").Node("Add", "x b", "a").Node("Relu", "a", "b").Node("Relu", "b", "y"), "cycle");
        Throws(new OnnxBuilder().Input("x", 2, 2).Output("z").Node("Relu", "x", "y"), "'z'");
        Throws(new OnnxBuilder().Input("x", 2, 2).Output("y").Node("Relu", "x", "y").Node("Neg", "x", "y"), "two nodes");
    }

    [Fact]
    public void ImpossibleSizesAreErrors()
    {
        Throws(new OnnxBuilder().Input("x", 1, 1, 4, 4).Weights("w", 1, 1, 9, 9).Output("y").Node("Conv", "x w", "y"), "window");
        Throws(new OnnxBuilder().Input("x", 1, 2, 4, 4).Weights("w", 1, 1, 3, 3).Output("y").Node("Conv", "x w", "y"), "groups");
        Throws(new OnnxBuilder().Input("x", 2, 2).Ints("s", 3, -1).Output("y").Node("Reshape", "x s", "y"), "another number");
        Throws(new OnnxBuilder().Input("x", 2, 2).Ints("s", 1L << 30, 1L << 30).Output("y").Node("Expand", "x s", "y"), "");
        Throws(new OnnxBuilder().Input("x", 2, 2).Ints("s", 1L << 30, 2).Output("y").Node("ConstantOfShape", "s", "c").Node("Add", "x c", "y"), "");
        Throws(new OnnxBuilder().Input("x", 2, 2).Ints("s", 100000, 100000).Output("y").Node("Tile", "x s", "y"), "");
        Throws(new OnnxBuilder().Input("x", 1, 1, 3, 3).Output("y").Node("MaxPool", "x", "y", ("kernel_shape", new[] { 1 << 24, 1 }), ("pads", new[] { 1 << 24, 0, 1 << 24, 0 })), "");

        OnnxBuilder negative = new OnnxBuilder().Input("x", 2, 2).Weights("w", 2, 2).Output("y").Node("Add", "x w", "y");
        negative.Model.Graph.Initializer[0].Dims[0] = -2;
        Throws(negative, "-2");
        negative.Model.Graph.Initializer[0].Dims[0] = 3;
        Throws(negative, "bytes");
        negative.Model.Graph.Initializer[0].Dims[0] = long.MaxValue;
        Throws(negative, "");
    }

    [Fact]
    public void UnknownExtentsNeedAShape()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 0, 3, 0, 0).Output("y").Node("Relu", "x", "y");
        Throws(b, "x=1,3,224,224");
        Assert.Equal([1, 3, 8, 9], OnnxImporter.Import(b.Model, "test", ".", new ImportOptions { DefaultHeight = 8, DefaultWidth = 9 }).Outputs[0].Dims);
        var shapes = new Dictionary<string, int[]> { ["x"] = [2, 3, 4, 5] };
        Assert.Equal([2, 3, 4, 5], OnnxImporter.Import(b.Model, "test", ".", new ImportOptions { InputShapes = shapes }).Outputs[0].Dims);
    }

    [Fact]
    public void ExternalDataStayInTheFolder()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 2).Weights("w", 2).Output("y").Node("Add", "x w", "y");
        TensorProto w = b.Model.Graph.Initializer[0];
        byte[] bytes = w.RawData.ToByteArray();
        w.ClearRawData();
        w.DataLocation = 1;
        w.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "w.bin" });
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            Assert.Contains("w.bin", Assert.Throws<ModelException>(() => OnnxImporter.Import(b.Model, "test", folder)).Message, StringComparison.Ordinal);
            File.WriteAllBytes(Path.Combine(folder, "w.bin"), [.. new byte[4], .. bytes]);
            w.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = "4" });
            Assert.Single(OnnxImporter.Import(b.Model, "test", folder).Nodes);
            w.ExternalData[0].Value = "../w.bin";
            Assert.Contains("outside", Assert.Throws<ModelException>(() => OnnxImporter.Import(b.Model, "test", folder)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public void EveryOperatorIsListedOnce()
    {
        Assert.All(OnnxOperators.All, op => Assert.NotEmpty(op.Note));
        Assert.NotNull(OnnxOperators.Find("", "Conv"));
        Assert.NotNull(OnnxOperators.Find("com.microsoft", "QLinearAdd"));
    }

    private static OnnxBuilder Small() => new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w", 4, 3, 3, 3).Weights("v", 10, 64).Ints("s", 1, -1).Output("y")
        .Node("Conv", "x w", "c", ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c", "r").Node("Reshape", "r s", "f").Node("Gemm", "f v", "y", ("transB", 1));

    private static Graph Import(OnnxBuilder b) => OnnxImporter.Import(b.Model, "test", ".");

    private static void Throws(OnnxBuilder b, string part) =>
        Assert.Contains(part, Assert.ThrowsAny<ModelException>(() => Import(b)).Message, StringComparison.Ordinal);
}
