using System.Formats.Tar;
using System.IO.Compression;
using EdgeRuntime.Tests.Shared.Requirements;
using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Import.Onnx.Proto;
using ModelPacker.Simplify;
using Xunit.Abstractions;

namespace ModelPacker.Tests.Import;

/// <summary>Every case of the ONNX operator suite is either computed correctly or refused: with all inputs at run time, with all but the
/// first bound, and with all bound; before and after simplification.</summary>
public class ConformanceTests(ITestOutputHelper log)
{
    [FactWith(Need.SharedFiles)]
    public void NothingIsWrong()
    {
        string path = Requirement.SharedFile("conformance", "onnx-v1.22.0-cnn.tar.gz");
        List<string> failures = [];
        SortedDictionary<string, (int Passed, int Constant, int Refused)> counts = [];
        foreach ((string name, Dictionary<string, byte[]> files) in Read(path))
        {
            var model = ModelProto.Parser.ParseFrom(files["model.onnx"]);
            string family = model.Graph.Node[^1].OpType;
            string? refusal = null;
            bool passed = false;
            bool constant = false;
            for (int binding = 0; binding < 3; binding++)
            {
                try
                {
                    if (Check(model, files, binding) is { } wrong)
                    {
                        failures.Add($"{name} (binding {binding}): {wrong}");
                    }

                    passed |= binding < 2;
                    constant |= binding == 2;
                }
                catch (ModelException e)
                {
                    refusal ??= e.Message;
                }
                catch (Exception e)
                {
                    failures.Add($"{name} (binding {binding}): {e}");
                }
            }

            (int p, int c, int r) = counts.GetValueOrDefault(family);
            counts[family] = passed ? (p + 1, c, r) : constant ? (p, c + 1, r) : (p, c, r + 1);
            if (!passed)
            {
                log.WriteLine($"{(constant ? "constants only" : "refused")} {name}: {refusal?.Split('\n').Last()}");
            }
        }

        foreach ((string family, (int p, int c, int r)) in counts)
        {
            log.WriteLine($"{family}: {p} passed, {c} passed as constants only, {r} refused");
        }

        log.WriteLine($"{counts.Values.Sum(c => c.Passed)} passed, {counts.Values.Sum(c => c.Constant)} as constants only, {counts.Values.Sum(c => c.Refused)} refused");
        Assert.True(failures.Count == 0, string.Join(Environment.NewLine, failures));
    }

    private static string? Check(ModelProto model, Dictionary<string, byte[]> files, int binding)
    {
        Dictionary<string, Tensor> given = [];
        for (int i = 0; i < model.Graph.Input.Count; i++)
        {
            if (files.TryGetValue($"input_{i}.pb", out byte[]? bytes) && model.Graph.Input[i].Type.TensorType is not null)
            {
                given[model.Graph.Input[i].Name] = TensorReader.Read(TensorProto.Parser.ParseFrom(bytes), "input", null);
            }
        }

        string? first = model.Graph.Input.FirstOrDefault()?.Name;
        var options = new ImportOptions { BoundInputs = given.Where(g => binding == 2 || (binding == 1 && g.Key != first)).ToDictionary() };
        for (int simplify = 0; simplify < 2; simplify++)
        {
            Graph graph = OnnxImporter.Import(model, "test", ".", options);
            if (simplify == 1)
            {
                Passes.Run(graph);
            }

            float[][] actual = new GraphInterpreter(graph).Run(given.ToDictionary(g => g.Key, g => g.Value.ToFloats()));
            for (int o = 0; o < actual.Length; o++)
            {
                Tensor expected = TensorReader.Read(TensorProto.Parser.ParseFrom(files[$"output_{o}.pb"]), "output", null);
                if (!graph.Outputs[o].Dims.SequenceEqual(expected.Dims))
                {
                    return $"shape [{string.Join(",", graph.Outputs[o].Dims)}] where [{string.Join(",", expected.Dims)}] is expected";
                }

                float[] e = expected.ToFloats();
                for (int i = 0; i < e.Length; i++)
                {
                    if (!(e[i] == actual[o][i] || Math.Abs(e[i] - actual[o][i]) <= 1e-6 + (2e-3 * Math.Abs(e[i])) || (float.IsNaN(e[i]) && float.IsNaN(actual[o][i]))))
                    {
                        return $"output {o}[{i}] is {actual[o][i]} where {e[i]} is expected (simplify {simplify})";
                    }
                }
            }
        }

        return null;
    }

    private static IEnumerable<(string Name, Dictionary<string, byte[]> Files)> Read(string path)
    {
        var cases = new SortedDictionary<string, Dictionary<string, byte[]>>(StringComparer.Ordinal);
        using var stream = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var tar = new TarReader(stream);
        while (tar.GetNextEntry() is { } entry)
        {
            string[] parts = entry.Name.Split('/');
            if (entry.DataStream is null || Array.IndexOf(parts, "node") is not (>= 0 and var at) || parts.Length < at + 3)
            {
                continue;
            }

            if (!cases.TryGetValue(parts[at + 1], out Dictionary<string, byte[]>? files))
            {
                cases[parts[at + 1]] = files = [];
            }

            var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            files[parts[^1]] = bytes.ToArray();
        }

        return cases.Where(c => c.Value.ContainsKey("model.onnx")).Select(c => (c.Key, c.Value));
    }
}
