namespace EdgeRuntime.Cameras;

/// <summary>Makes cameras from what was typed.</summary>
public static class CameraFactory
{
    /// <summary>The forms, for help texts and errors.</summary>
    public const string Forms = "synthetic, folder:DIR, folder:DIR:loop, v4l2:/dev/videoN or rpicam";

    /// <summary>Makes the camera, without opening it.</summary>
    /// <exception cref="EdgeRuntimeException">Not one of <see cref="Forms"/>; exit code 2.</exception>
    public static ICamera Create(string text, CameraSettings settings)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string kind = colon < 0 ? text : text[..colon];
        string rest = colon < 0 ? "" : text[(colon + 1)..];
        return kind switch
        {
            "synthetic" when colon < 0 => new SyntheticCamera(settings),
            "folder" when rest.EndsWith(":loop", StringComparison.Ordinal) => new FolderCamera(rest[..^5], loop: true),
            "folder" when rest.Length > 0 => new FolderCamera(rest, loop: false),
            "v4l2" when rest.Length > 0 => new V4l2.V4l2Camera(rest, settings),
            "rpicam" => new RpicamCamera(rest.Length > 0 ? rest : RpicamCamera.UsualProgram, settings),
            _ => throw new EdgeRuntimeException($"The camera '{text}' is not known. Write {Forms}.", 2),
        };
    }
}
