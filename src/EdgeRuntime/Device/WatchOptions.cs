namespace EdgeRuntime.Device;

/// <summary>How a watch ends and what it hands on.</summary>
/// <param name="Frames">Answers after which it ends; 0 = never.</param>
/// <param name="Answers">Whether lines carry all classes and boxes; else they carry times only.</param>
/// <param name="FrameMilliseconds">How long a frame may take to come after a trigger before the trigger counts as missed.</param>
public sealed record WatchOptions(long Frames = 0, bool Answers = true, int FrameMilliseconds = 2000);
