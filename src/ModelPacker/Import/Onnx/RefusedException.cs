namespace ModelPacker.Import.Onnx;

/// <summary>Ends the import of one node; the importer collects these over the whole graph.</summary>
internal sealed class RefusedException(string reason, string advice) : Exception(reason)
{
    public string Reason { get; } = reason;

    public string Advice { get; } = advice;
}
