using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Import.Onnx;
using ModelPacker.Lower;
using ModelPacker.Simplify;

namespace ConformanceRunner;

/// <summary>Takes a case all the way: import, simplify, lower, write and read an fp32 bundle, run a session, compare.</summary>
internal static class CaseRunner
{
    private const double RelativeTolerance = 1e-3;
    private const double AbsoluteTolerance = 1e-5;

    /// <summary>Which inputs stay open until run time.</summary>
    private enum Binding
    {
        /// <summary>All data; only shapes, axes and indices are known.</summary>
        AllOpen,

        /// <summary>The first; the others are weights.</summary>
        FirstOpen,

        /// <summary>None.</summary>
        AllBound,
    }

    /// <summary>Runs a case.</summary>
    /// <param name="name">Name for the report.</param>
    /// <param name="folder">The case's folder.</param>
    public static Verdict Run(string name, string folder)
    {
        string op = "?";
        try
        {
            ConformanceCase test = new(folder);
            op = test.Operator;
            string? refusal = null;
            foreach (Binding binding in Enum.GetValues<Binding>())
            {
                try
                {
                    string? wrong = Check(test, binding);
                    Outcome good = binding == Binding.AllBound ? Outcome.Constant : Outcome.Passed;
                    return wrong is null ? new Verdict(name, op, good, good == Outcome.Passed ? "" : refusal ?? "") : new Verdict(name, op, Outcome.Failed, wrong);
                }
                catch (ModelException e)
                {
                    // Weights that vary are refused first; what counts is what is said once they are known.
                    refusal = binding == Binding.AllBound ? refusal : Shorten(e).Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
                }
            }

            return new Verdict(name, op, Outcome.Refused, refusal ?? "no reason given");
        }
        catch (Exception e)
        {
            return new Verdict(name, op, Outcome.Failed, $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}");
        }
    }

    private static string Shorten(ModelException e)
        => e is UnsupportedModelException { Nodes: [var node, ..] } ? $"{node.Reason} {node.Advice}" : e.Message.ReplaceLineEndings(" ");

    private static string? Check(ConformanceCase test, Binding binding)
    {
        foreach (string set in test.DataSets)
        {
            Dictionary<string, Tensor> inputs = test.Inputs(set);
            string? first = test.Model.Graph.Input.FirstOrDefault()?.Name;
            bool IsOpen(string name, Tensor value) => binding switch
            {
                Binding.AllOpen => value.Type is DataType.Float or DataType.Int8 or DataType.UInt8 || name == first,
                Binding.FirstOpen => name == first,
                _ => false,
            };
            ImportOptions options = new() { BoundInputs = inputs.Where(i => !IsOpen(i.Key, i.Value)).ToDictionary() };
            Graph graph = OnnxImporter.Import(test.ModelPath, options);
            Passes.Run(graph);
            if (CheckOutputs(graph, inputs, set) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static string? CheckOutputs(Graph graph, Dictionary<string, Tensor> inputs, string set)
    {
        if (graph.Inputs.Count == 0)
        {
            return CheckConstants(graph, set);
        }

        LoweredModel lowered = Lowering.Lower(graph);
        using MemoryStream file = new();
        BundleWriter.Write(FloatEmitter.Emit(lowered, []), file);
        using EdgeModel model = EdgeModel.Load(file.ToArray());
        using Session session = model.CreateSession(2);
        for (int i = 0; i < graph.Inputs.Count; i++)
        {
            session.SetInput(i, Reals(inputs[graph.Inputs[i].Name], graph.Inputs[i]));
        }

        session.Run();
        for (int i = 0; i < graph.Outputs.Count; i++)
        {
            Value output = graph.Outputs[i];
            Tensor expected = ConformanceCase.Output(set, i);
            if (!output.Dims.AsSpan().SequenceEqual(expected.Dims))
            {
                return $"output {i} has the shape [{string.Join(", ", output.Dims)}] where [{string.Join(", ", expected.Dims)}] is expected";
            }

            Map map = model.Bundle.Maps[model.Bundle.Outputs[i].Map];
            float[] actual = new float[expected.Count];
            session.GetOutput(i, actual);

            // int8: one step of the scale for ties that are rounded the other way.
            double step = map.Type == ElementType.S8 ? map.Scale * 1.001 : 0;
            if (Compare(actual, Reals(expected, output), step) is { } wrong)
            {
                return $"output {i}{wrong}";
            }
        }

        return null;
    }

    // Nothing is left to run: what the importer computed is the answer.
    private static string? CheckConstants(Graph graph, string set)
    {
        for (int i = 0; i < graph.Outputs.Count; i++)
        {
            Value output = graph.Outputs[i];
            Tensor actual = (graph.Producer(output)?.Inputs[0] ?? output).Constant!;
            Tensor expected = ConformanceCase.Output(set, i);
            if (!actual.Dims.AsSpan().SequenceEqual(expected.Dims))
            {
                return $"output {i} has the shape [{string.Join(", ", actual.Dims)}] where [{string.Join(", ", expected.Dims)}] is expected";
            }

            if (Compare(actual.ToFloats(), expected.ToFloats(), 0) is { } wrong)
            {
                return $"output {i}{wrong}";
            }
        }

        return null;
    }

    private static float[] Reals(Tensor tensor, Value port)
    {
        if (tensor.Type is not (DataType.Int8 or DataType.UInt8))
        {
            return tensor.ToFloats();
        }

        Quantization quantization = port.Quantization ?? LoweringContext.PlainIntegers(tensor.Type);
        int shift = tensor.Type == DataType.UInt8 ? 128 : 0;
        return Array.ConvertAll(tensor.Integers!, q => (q - shift - quantization.ZeroPoint) * quantization.Scale);
    }

    private static string? Compare(float[] actual, float[] expected, double step)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            double a = actual[i];
            double e = expected[i];
            bool same = a == e || (double.IsNaN(a) && double.IsNaN(e)) || Math.Abs(a - e) <= Math.Max(step, AbsoluteTolerance + (RelativeTolerance * Math.Abs(e)));
            if (!same)
            {
                return $"[{i}] is {a:g7} where {e:g7} is expected";
            }
        }

        return null;
    }
}
