namespace ModelPacker.Import.Onnx;

/// <summary>Importer of one ONNX operator, or of a tight family.</summary>
internal interface IOnnxOperator
{
    /// <summary>Operator types it imports.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>Domain of the operators; empty for the standard one.</summary>
    string Domain => "";

    /// <summary>First opset of the domain whose form of the operator is understood.</summary>
    int MinimumOpset => Domain.Length == 0 ? OnnxOperators.OldestOpset : 1;

    /// <summary>Whether nodes can be imported at all (false: known, with a good reason to refuse it).</summary>
    bool Supported => true;

    /// <summary>Limits, in one line for people.</summary>
    string Note { get; }

    /// <summary>Emits normalised nodes, or calls one of the Refuse methods.</summary>
    void Import(NodeImport n);
}
