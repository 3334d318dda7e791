using System.Diagnostics;
using EdgeRuntime.Cameras;
using EdgeRuntime.Cameras.V4l2;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using EdgeRuntime.Tests.Shared.Requirements;
using Xunit;

namespace EdgeRuntime.Tests.Cameras;

public sealed unsafe class CameraTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgert-camera-").FullName;
    private readonly Waker _waker = new();
    private readonly Frame _frame = new();

    [Fact]
    public void A_seed_gives_the_same_scene_and_it_moves()
    {
        byte[] a = Scene(1, 5), b = Scene(1, 5), later = Scene(1, 6), other = Scene(2, 5);
        Assert.Equal(a, b);
        Assert.NotEqual(a, later);
        Assert.NotEqual(a, other);
    }

    [Fact]
    public void A_live_scene_keeps_its_pace_and_skips_what_was_not_asked_for()
    {
        using SyntheticCamera camera = new(new CameraSettings(32, 32, 50));
        camera.Open();
        camera.Read(_frame, 0, _waker);
        Thread.Sleep(200);
        long asked = Clock.Now;
        camera.Read(_frame, asked, _waker);
        Assert.True(_frame.CapturedAt >= asked);
        long first = _frame.CapturedAt;
        for (int i = 0; i < 5; i++)
        {
            camera.Read(_frame, 0, _waker);
        }

        Assert.InRange((_frame.CapturedAt - first) / 1e6, 80, 400);
    }

    [Fact]
    public void A_folder_gives_its_pictures_in_order_and_ends()
    {
        foreach (string name in (string[])["b.png", "a.png"])
        {
            PngWriter.Write(new Picture(4, 3), Path.Combine(_folder, name));
        }

        using FolderCamera camera = new(_folder, loop: false);
        camera.Open();
        Assert.Equal(CameraResult.Frame, camera.Read(_frame, 0, _waker));
        Assert.Equal(Path.Combine(_folder, "a.png"), _frame.Source);
        Assert.Equal((4, 3), (_frame.Width, _frame.Height));
        Assert.Equal(CameraResult.Frame, camera.Read(_frame, 0, _waker));
        Assert.Equal(CameraResult.Ended, camera.Read(_frame, 0, _waker));
        using FolderCamera loop = new(_folder, loop: true);
        loop.Open();
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(CameraResult.Frame, loop.Read(_frame, 0, _waker));
        }
    }

    [Fact]
    public void Missing_devices_say_what_to_do()
    {
        Assert.Contains("doctor", Failure(new V4l2Camera("/dev/video99", new CameraSettings())), StringComparison.Ordinal);
        Assert.Contains("no video device", Failure(new V4l2Camera("/dev/null", new CameraSettings())), StringComparison.Ordinal);
        Assert.Contains("apt install", Failure(new RpicamCamera("no-such-program", new CameraSettings())), StringComparison.Ordinal);
        Assert.Contains("no pictures", Failure(new FolderCamera(_folder, loop: false)), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => CameraFactory.Create("webcam", new CameraSettings())).ExitCode);
    }

    [Theory]
    [InlineData(100, 36)]
    [InlineData(64, 35)]
    [InlineData(129, 17)]
    public void Lines_of_the_pipe_are_read_with_their_padding(int width, int height)
    {
        using RpicamCamera camera = new(StandIn(), new CameraSettings(width, height));
        camera.Open();
        Assert.Equal(CameraResult.Frame, camera.Read(_frame, 0, _waker));
        InputSpec spec = new() { Width = width, Height = height, Color = ColorOrder.Gray, Mean = [0], Std = [1] };
        float[] rows = new float[width * height];
        new Preprocessor(spec).ToRows(_frame.View, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            // Limited range: luma 16 + 2·column is (2·column)·255/219, and nothing of the padding, which is white.
            int x = i % width, y = i / width;
            double expected = ((2 * x) + y) % 200 * 255.0 / 219;
            Assert.InRange(rows[i] - expected, -1.01, 1.01);
        }

        camera.Close();
    }

    [Fact]
    public void Frames_that_lay_in_the_pipe_are_passed_over()
    {
        using RpicamCamera camera = new(StandIn(), new CameraSettings(64, 16, 20));
        camera.Open();
        camera.Read(_frame, 0, _waker);
        Thread.Sleep(300);
        long asked = Clock.Now;
        camera.Read(_frame, asked, _waker);
        Assert.True(_frame.CapturedAt >= asked);
        Assert.True(_frame.View.Line(0)[0] >= 16);
        camera.Close();
    }

    [Fact]
    public void A_program_that_ends_is_a_lost_camera()
    {
        using RpicamCamera camera = new("true", new CameraSettings(64, 16));
        camera.Open();
        Assert.Contains("has ended", Assert.Throws<DeviceException>(() => camera.Read(_frame, 0, _waker)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _waker.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] Scene(int seed, int number)
    {
        using Waker waker = new();
        using SyntheticCamera camera = new(new CameraSettings(80, 60, Seed: seed));
        camera.Open();
        Frame frame = new();
        for (int i = 0; i < number; i++)
        {
            camera.Read(frame, 0, waker);
        }

        return frame.Bytes.ToArray();
    }

    private static string Failure(ICamera camera)
    {
        using (camera)
        {
            return Assert.Throws<DeviceException>(camera.Open).Message;
        }
    }

    // Writes frames as rpicam-vid does: lines of luma padded to 64 bytes, of chroma to 32; the padding is white.
    private string StandIn()
    {
        string path = Path.Combine(_folder, "rpicam");
        File.WriteAllText(path, $$"""
            #!{{Requirement.Python}}
            import sys, time
            args = dict(zip(sys.argv[1:], sys.argv[2:]))
            w, h, fps = int(args["--width"]), int(args["--height"]), float(args["--framerate"])
            assert args["--codec"] == "yuv420" and args["-o"] == "-"
            stride = (w + 63) // 64 * 64
            luma = b"".join(bytes(16 + (2 * x + y) % 200 for x in range(w)) + b"\xff" * (stride - w) for y in range(h))
            chroma = b"\x80" * (stride // 2 * ((h + 1) // 2) * 2)
            while True:
                sys.stdout.buffer.write(luma + chroma)
                sys.stdout.buffer.flush()
                time.sleep(1 / fps)
            """);
        using Process executable = Process.Start("chmod", ["+x", path]);
        executable.WaitForExit();
        return path;
    }
}
