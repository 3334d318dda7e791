namespace EdgeRuntime.Cameras;

/// <summary>How waiting for a frame ended.</summary>
public enum CameraResult
{
    /// <summary>There is a frame.</summary>
    Frame,

    /// <summary>The wait was ended from outside.</summary>
    Interrupted,

    /// <summary>There will be no more frames.</summary>
    Ended,
}
