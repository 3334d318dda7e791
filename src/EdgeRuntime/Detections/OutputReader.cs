namespace EdgeRuntime.Detections;

/// <summary>Gives the values of the named model output, in the order of the ONNX model (NCHW); empty when there is no such output.</summary>
public delegate ReadOnlySpan<float> OutputReader(string name);
