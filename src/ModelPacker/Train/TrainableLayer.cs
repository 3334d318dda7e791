namespace ModelPacker.Train;

/// <summary>Where the parameters of a step lie in the ONNX model.</summary>
/// <param name="Step">Index of the step in the lowered network and its bundle.</param>
/// <param name="Node">Name of the node.</param>
/// <param name="Weights">Name of the tensor that holds the weights.</param>
/// <param name="Bias">Name of the tensor that holds the bias.</param>
/// <param name="Order">Per weight of the step its place in the tensor.</param>
/// <param name="Depth">Products that one output sums.</param>
internal sealed record TrainableLayer(int Step, string Node, string Weights, string Bias, int[] Order, int Depth);
