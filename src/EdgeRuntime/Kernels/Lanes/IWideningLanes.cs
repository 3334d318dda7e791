namespace EdgeRuntime.Kernels.Lanes;

/// <summary>fp32 lanes with a double vector of half as many lanes.</summary>
internal interface IWideningLanes<TFloat, TDouble>
    where TFloat : struct, IFloatLanes<TFloat>
    where TDouble : struct, IDoubleLanes<TDouble>
{
    /// <summary>The lower half of the lanes.</summary>
    static abstract TDouble WidenLower(TFloat a);

    /// <summary>The upper half of the lanes.</summary>
    static abstract TDouble WidenUpper(TFloat a);

    /// <summary>Both halves, each lane rounded to nearest even.</summary>
    static abstract TFloat Narrow(TDouble lower, TDouble upper);
}
