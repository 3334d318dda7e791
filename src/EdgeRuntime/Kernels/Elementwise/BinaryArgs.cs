namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>Elementwise operation on two maps with the same channels, each optionally read through a one-tap table.</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>
/// int8 add/subtract: y = (float)(a − zpA)·ScaleA ± (float)(b − zpB)·ScaleB (two products, then one sum, unfused), where ScaleX = x scale / output scale.
/// int8 multiply: y = (float)((a − zpA)·(b − zpB))·ScaleA (ScaleA = a scale · b scale / output scale).
/// Then clamped to [OutputMin − zpOut, OutputMax − zpOut], rounded to nearest even, + zpOut. int8 has no other operation.
/// fp32: the operation, then the clamp [OutputMin, OutputMax] (v &lt; min ? min : v, then v &gt; max ? max : v: NaN stays NaN).
/// </remarks>
public unsafe struct BinaryArgs<T>
    where T : unmanaged
{
    /// <summary>Left rows; 64 bytes behind the last row are readable.</summary>
    public T* A;

    /// <summary>Elements from one row of A to the next.</summary>
    public nint StrideA;

    /// <summary>[rows] row of A that output row o reads, or null: row o. No sentinels.</summary>
    public int* TableA;

    /// <summary>Right rows; 64 bytes behind the last row are readable.</summary>
    public T* B;

    /// <summary>Elements from one row of B to the next.</summary>
    public nint StrideB;

    /// <summary>[rows] row of B that output row o reads, or null: row o.</summary>
    public int* TableB;

    /// <summary>Channels of both inputs and the output.</summary>
    public int Channels;

    /// <summary>What to do.</summary>
    public BinaryFunction Function;

    /// <summary>int8: see remarks.</summary>
    public float ScaleA;

    /// <summary>int8: see remarks.</summary>
    public float ScaleB;

    /// <summary>int8: zero point of A.</summary>
    public int ZeroPointA;

    /// <summary>int8: zero point of B.</summary>
    public int ZeroPointB;

    /// <summary>int8: zero point of the output.</summary>
    public int OutputZeroPoint;

    /// <summary>Lower clamp: int8 in quantised units, fp32 as is.</summary>
    public float OutputMin;

    /// <summary>Upper clamp.</summary>
    public float OutputMax;

    /// <summary>Output row 0. May be the same memory as A or B where the tables are null.</summary>
    public T* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
