using EdgeRuntime.Bundles;
using ModelPacker.Graphs;
using ModelPacker.Import;

namespace ModelPacker.Lower;

/// <summary>Compiles a graph to rows and tables. One rule per operator; nothing spatial is left afterwards.</summary>
public static class Lowering
{
    /// <summary>Lowers a simplified graph.</summary>
    /// <exception cref="ModelException">Something that has no form in rows and tables.</exception>
    public static LoweredModel Lower(Graph graph)
    {
        Check(graph);
        LoweredModel model = new() { Name = graph.Name };
        LoweringContext context = new(model);
        foreach (Value input in graph.Inputs)
        {
            int axis = InputAxis(input.Dims);
            int map = context.DefineRows(input, axis);
            model.Inputs.Add(new Port(input.Name, map, input.Dims, axis));
        }

        foreach (Node node in graph.Nodes)
        {
            LowerNode(context, node);
        }

        foreach (Value output in graph.Outputs)
        {
            model.Outputs.Add(OutputPort(context, graph, output));
        }

        DeadSteps.Remove(model);
        return model;
    }

    private static void Check(Graph graph)
    {
        if (graph.Inputs.Count == 0)
        {
            throw new ModelException($"No output of '{graph.Name}' depends on an input, so there is nothing to run. Export the model with its inputs.");
        }

        foreach (Value value in graph.Inputs.Concat(graph.Nodes.Select(n => n.Output)).Concat(graph.Outputs))
        {
            if (Array.Exists(value.Dims, d => d < 1))
            {
                throw new ModelException($"'{value.Name}' of shape [{string.Join(", ", value.Dims)}] has no elements. Give inputs whose slices and splits are not empty.");
            }
        }
    }

    // Pictures with the channels last are what TensorFlow exporters feed (followed by a transposition that then costs nothing).
    private static int InputAxis(int[] dims)
        => dims.Length == 4 && dims[3] <= 4 && dims[1] > 4 ? 3 : LoweringContext.DefaultAxis(dims);

    private static void LowerNode(LoweringContext context, Node node)
    {
        switch (node.Operator)
        {
            case Convolution op:
                ConvolutionRules.Convolution(context, node, op);
                break;
            case TransposedConvolution op:
                ConvolutionRules.Transposed(context, node, op);
                break;
            case Linear op:
                LinearRules.Linear(context, node, op);
                break;
            case MatMul:
                LinearRules.MatMul(context, node);
                break;
            case Pool op:
                PoolingRules.Pool(context, node, op);
                break;
            case Reduce op:
                PoolingRules.Reduce(context, node, op);
                break;
            case Resample op:
                PoolingRules.Resample(context, node, op);
                break;
            case Unary op:
                ElementwiseRules.Unary(context, node, op);
                break;
            case PRelu:
                ElementwiseRules.PRelu(context, node);
                break;
            case ChannelAffine:
                ElementwiseRules.ChannelAffine(context, node);
                break;
            case Binary op:
                BinaryRules.Binary(context, node, op);
                break;
            case Softmax op:
                ElementwiseRules.Softmax(context, node, op);
                break;
            case Lrn op:
                ElementwiseRules.Lrn(context, node, op);
                break;
            case Quantize or Dequantize:
                ElementwiseRules.Convert(context, node);
                break;
            case Concat op:
                LayoutRules.Concat(context, node, op);
                break;
            case Reshape:
                context.Define(node.Output, context.ViewOf(node.Inputs[0]).Reshape(node.Output.Dims));
                break;
            case Transpose op:
                LayoutRules.Transpose(context, node, op);
                break;
            case Select op:
                LayoutRules.Select(context, node, op);
                break;
            case Identity:
                LayoutRules.Identity(context, node);
                break;
            default:
                throw new InvalidOperationException($"No lowering for {node.Operator.GetType().Name}.");
        }
    }

    private static Port OutputPort(LoweringContext context, Graph graph, Value output)
    {
        View view = context.ViewOf(output);
        int axis = view.Offsets is null ? view.FindAxis() : -2;
        bool isInput = graph.Inputs.Exists(i => context.ViewOf(i).Map == view.Map);
        if (axis == -2)
        {
            axis = output.Dims.Length - 1;
            view = View.OfRows(context.DenseRows(view, axis, output.Name), output.Dims, axis);
        }
        else if (isInput)
        {
            LoweredMap source = context.Model.Maps[view.Map];
            int copy = context.AddMap(output.Name, source.Rows, source.Channels, source.Dims, source.Prescribed, source.Integer);
            context.AddStep(new GatherStep(output.Name, [view.Map], copy, source.Channels, 0), [null]);
            view = view.InMap(copy);
        }

        return new Port(output.Name, view.Map, output.Dims, axis);
    }
}
