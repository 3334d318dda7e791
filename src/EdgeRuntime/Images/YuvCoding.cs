namespace EdgeRuntime.Images;

/// <summary>Which Y'CbCr a frame holds.</summary>
public enum YuvCoding
{
    /// <summary>ITU-R BT.601, luma 16..235: webcams.</summary>
    Bt601Limited,

    /// <summary>ITU-R BT.601, luma 0..255: as in JPEG files.</summary>
    Bt601Full,

    /// <summary>ITU-R BT.709, luma 16..235: high-definition video.</summary>
    Bt709Limited,

    /// <summary>ITU-R BT.709, luma 0..255.</summary>
    Bt709Full,
}
