namespace ModelPacker.Graphs;

/// <summary>Element types that the importer distinguishes. Everything computed at run time is float; the others appear in constants,
/// shape arithmetic and quantised inputs and outputs.</summary>
public enum DataType
{
    /// <summary>32-bit float (16-bit and 64-bit floats are converted on import).</summary>
    Float,

    /// <summary>Any integer used for shapes and indices, held as 64 bits.</summary>
    Int64,

    /// <summary>Signed 8-bit quantised data.</summary>
    Int8,

    /// <summary>Unsigned 8-bit quantised data.</summary>
    UInt8,

    /// <summary>32-bit quantised bias.</summary>
    Int32,

    /// <summary>Truth values.</summary>
    Bool,
}
