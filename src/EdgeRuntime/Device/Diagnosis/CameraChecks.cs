namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Cameras.</summary>
internal static class CameraChecks
{
    // Raspberry Pis show their codecs and the raw halves of CSI cameras as video devices.
    private static readonly string[] NoCameras = ["bcm2835-codec", "bcm2835-isp", "pispbe", "rpi-hevc", "rpivid", "unicam", "rp1-cfe"];

    public static Finding Stack(SystemTree tree, BoardFacts? board)
    {
        string? program = tree.Program("rpicam-vid");
        string? older = tree.Program("libcamera-vid");
        return program is not null ? new Finding("csi-camera", FindingState.Ok, $"{program}: --camera rpicam")
            : older is not null ? new Finding("csi-camera", FindingState.Ok, $"{older}: --camera rpicam:libcamera-vid")
            : board?.HasHeader == true ? new Finding("csi-camera", FindingState.Warning, "the program for cameras on the ribbon cable is not installed", "sudo apt install rpicam-apps")
            : new Finding("csi-camera", FindingState.Absent, "no program for CSI cameras");
    }

    public static Finding Video(SystemTree tree)
    {
        List<string> cameras = [];
        foreach (string device in tree.Names("sys/class/video4linux", "video*"))
        {
            string name = tree.Text($"sys/class/video4linux/{device}/name") ?? "?";
            if (!Array.Exists(NoCameras, n => name.StartsWith(n, StringComparison.Ordinal)) && (tree.Number($"sys/class/video4linux/{device}/index") ?? 0) == 0)
            {
                cameras.Add($"/dev/{device} '{name}'");
            }
        }

        return cameras.Count > 0 ? new Finding("usb-camera", FindingState.Ok, $"{string.Join(", ", cameras)}: --camera v4l2:{cameras[0].Split(' ')[0]}")
            : new Finding("usb-camera", FindingState.Absent, "no USB camera");
    }
}
