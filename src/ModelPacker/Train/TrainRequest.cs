namespace ModelPacker.Train;

/// <summary>What <c>modelpacker train</c> is asked to do.</summary>
/// <param name="Model">ONNX file.</param>
/// <param name="Spec">Input specification that the user names, or null: MODEL.json.</param>
/// <param name="Initialize">Start from random weights instead of the model's.</param>
/// <param name="Output">ONNX file to write.</param>
public sealed record TrainRequest(string Model, string? Spec, bool Initialize, string Output);
