using EdgeRuntime.Cameras;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Triggers;

namespace EdgeRuntime.Cli.Watching;

/// <summary>The options of <c>edgert watch</c>.</summary>
internal static class WatchOptionSpecs
{
    public static readonly OptionSpec Camera = new("--camera", "C", CameraFactory.Forms + " (default synthetic).");
    public static readonly OptionSpec Size = new("--camera-size", "WxH", "Picture size asked of the camera (default 640x480).");
    public static readonly OptionSpec Pace = new("--camera-fps", "F", "Pictures a second asked of the camera (default: its own).");
    public static readonly OptionSpec PixelFormat = new("--camera-format", "F", "yuyv, nv12, yuv420, rgb24, grey or mjpeg (default: what suits).");
    public static readonly OptionSpec Seed = new("--seed", "N", "Scene of the synthetic camera (default 1).");
    public static readonly OptionSpec Trigger = new("--trigger", "T", TriggerFactory.Forms + " (default every-frame).");
    public static readonly OptionSpec Debounce = new("--debounce-us", "N", "GPIO edges closer together are one (default 1000).");
    public static readonly OptionSpec Frames = new("--frames", "N", "End after N answers (default: never).");
    public static readonly OptionSpec Top = new("--top", "K", "Classes per answer (default 3).");
    public static readonly OptionSpec Led = new("--led", "CHIP:LINE", "Lamp that is lit while a trigger is waited for.");
    public static readonly OptionSpec Strobe = new("--strobe", "CHIP:LINE", "Light that is on from trigger to picture.");
    public static readonly OptionSpec Marker = new("--marker", "CHIP:LINE", "Line that is low while the network computes, for a power meter.");
    public static readonly OptionSpec Pictures = new("--pictures", "DIR", "Write annotated pictures there.");
    public static readonly OptionSpec MostPictures = new("--pictures-max", "N", "Pictures kept, the newest (default 200).");
    public static readonly OptionSpec MostMegabytes = new("--pictures-mb", "N", "Megabytes kept (default 100).");

    public static readonly OptionSpec MaxWatts = new("--max-watts", "W[,W@S]", "Goal: mean power of the board; 4,3@60 lowers it after 60 s.");
    public static readonly OptionSpec MaxJoules = new("--max-joules-per-frame", "J", "Goal: mean energy of a frame's work.");
    public static readonly OptionSpec BatteryHours = new("--battery-hours", "H", "Goal: how long the battery has to last.");
    public static readonly OptionSpec Deadline = new("--deadline-ms", "MS", "Goal: longest time of a frame's work.");
    public static readonly OptionSpec MinFps = new("--min-fps", "F", "Goal: frames a second that the work allows.");
    public static readonly OptionSpec MaxCelsius = new("--max-celsius", "C", "Goal: temperature of the processor.");
    public static readonly OptionSpec Cascade = new("--cascade", null, "Begin with a cheap point, look again where in doubt.");
    public static readonly OptionSpec EnergyLog = new("--energy-log", "FILE", "Append power and energy per frame there.");
    public static readonly OptionSpec EnergyLogMegabytes = new("--energy-log-mb", "MB", "Most that the log may take (default 16).");

    /// <summary>All of them.</summary>
    public static OptionSpec[] All =>
    [
        Camera, Trigger, Frames, CommonOptions.Point, CommonOptions.Threads, Top,
        MaxWatts, MaxJoules, BatteryHours, Deadline, MinFps, MaxCelsius, Cascade,
        CommonOptions.EnergySource, CommonOptions.IdleWatts, EnergyLog, EnergyLogMegabytes,
        Size, Pace, PixelFormat, Seed, Debounce, Led, Strobe, Marker, Pictures, MostPictures, MostMegabytes,
    ];

    /// <summary>What is asked of the camera.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static CameraSettings CameraOf(Arguments arguments)
    {
        (int width, int height) = SizeOf(arguments);
        return new CameraSettings(width, height, arguments.Number(Pace, 0, 0.01, 1000), FormatOf(arguments), arguments.Integer(Seed, 1, 0, int.MaxValue));
    }

    private static (int Width, int Height) SizeOf(Arguments arguments)
    {
        string text = arguments.Value(Size) ?? "640x480";
        string[] parts = text.Split('x');
        return parts.Length == 2 && Side(parts[0], out int width) && Side(parts[1], out int height)
            ? (width, height)
            : throw new UsageException($"'{Size.Name}' is '{text}'", "give width and height from 8 to 8192, for example 640x480");
    }

    private static bool Side(string text, out int side)
        => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out side) && side is >= 8 and <= Images.InputSpec.MaxSide;

    private static Images.PixelFormat? FormatOf(Arguments arguments)
        => arguments.Word(PixelFormat, "auto", "yuyv", "nv12", "yuv420", "rgb24", "grey", "mjpeg") switch
        {
            "yuyv" => Images.PixelFormat.Yuyv,
            "nv12" => Images.PixelFormat.Nv12,
            "yuv420" => Images.PixelFormat.I420,
            "rgb24" => Images.PixelFormat.Rgb24,
            "grey" => Images.PixelFormat.Grey,
            "mjpeg" => Images.PixelFormat.Jpeg,
            _ => null,
        };
}
