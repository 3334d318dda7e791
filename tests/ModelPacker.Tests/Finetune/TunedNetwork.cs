using Google.Protobuf;
using ModelPacker.Commands;

namespace ModelPacker.Tests.Finetune;

/// <summary>An untrained network of four classes, tuned to one perforated point, and pictures that it can learn: stripes lie or stand, in red or in blue.</summary>
public sealed class TunedNetwork : IDisposable
{
    private const int Side = 16;
    private const int PicturesPerClass = 30;

    private const string Sidecar = """
        { "input": { "name": "x", "width": 16, "height": 16, "scale": 0.00392156862745098, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5] }, "task": "classification",
          "output": { "name": "y", "kind": "logits", "classes": 4 } }
        """;

    public TunedNetwork()
    {
        string model = Folder.File("net.onnx");
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, Side, Side).Weights("w", 8, 3, 3, 3).Weights("b", 8).Weights("w2", 8, 8, 3, 3).Weights("v", 4, 8)
            .Node("Conv", "x w b", "c", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c", "r").Node("MaxPool", "r", "p", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }))
            .Node("Conv", "p w2", "d", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "d", "s")
            .Node("AveragePool", "s", "g", ("kernel_shape", new[] { 8, 8 })).Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(model, builder.Model.ToByteArray());
        Folder.Write("net.json", Sidecar);
        for (int i = 0; i < 4 * PicturesPerClass; i++)
        {
            byte[] rgb = Stripes(i % 4, i);
            Folder.WritePicture($"pictures/{i % 4}/{i:d3}.ppm", Side, rgb);
            Folder.WritePicture($"plain/{i:d3}.ppm", Side, rgb);
        }

        (int code, _, string error) = Run("tune", model, "--data", Pictures, "--objective", "macs", "--points", "2x", "--mask", "grid", "--limit", "40", "-o", Bundle);
        Assert.True(code == 0, error);
    }

    internal TestFolder Folder { get; } = new();

    public string Bundle => Folder.File("tuned.edge");

    public string Pictures => Folder.File("pictures");

    public string PlainPictures => Folder.File("plain");

    public void Dispose() => Folder.Dispose();

    public static (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new();
        StringWriter error = new();
        int code = PackerCommandLine.Run(args, new Terminal(output, error, false));
        return (code, output.ToString(), error.ToString());
    }

    private static byte[] Stripes(int kind, int seed)
    {
        Random random = new(seed);
        int phase = random.Next(4);
        byte[] rgb = new byte[Side * Side * 3];
        for (int i = 0; i < Side * Side; i++)
        {
            int along = kind < 2 ? i / Side : i % Side;
            int colour = kind % 2 * 2;
            rgb[(i * 3) + colour] = (byte)(((along + phase) / 2 % 2 * 150) + random.Next(100));
            rgb[(i * 3) + 1] = (byte)random.Next(100);
        }

        return rgb;
    }
}
