namespace ModelPacker.Import.Onnx;

/// <summary>A node of constants only that the graph's own evaluator does not know: ONNX Runtime has to compute it.</summary>
internal sealed class NotFoldableException : Exception;
