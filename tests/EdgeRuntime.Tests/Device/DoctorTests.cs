using System.Text.Json;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Tests.Cli;
using Xunit;

namespace EdgeRuntime.Tests.Device;

/// <summary>The doctor on recorded trees, made of the few files that it reads.</summary>
[Collection(nameof(Sessions.KernelVariables))]
public sealed class DoctorTests : IDisposable
{
    private const string A72 = "processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU part\t: 0xd08\n";
    private const string Member = "Name:\tedgert\nUid:\t1000\t1000\t1000\t1000\nGroups:\t27 44 993 994 1000 \n";
    private const string Stranger = "Name:\tedgert\nUid:\t1000\t1000\t1000\t1000\nGroups:\t1000 \n";
    private const string Groups = "root:x:0:\nvideo:x:44:pi\ni2c:x:994:pi\ngpio:x:993:pi\n";

    private readonly string _root = Directory.CreateTempSubdirectory("edgert-tree-").FullName;

    [Fact]
    public void A_board_in_good_order_lacks_nothing()
    {
        Pi4();
        Write("proc/self/status", Member);
        Write("dev/i2c-1");
        Write("usr/bin/rpicam-vid");
        Write("sys/class/video4linux/video0/name", "HD Webcam\n");
        Write("sys/class/video4linux/video10/name", "bcm2835-codec-decode\n");
        Write("dev/video0");
        (int code, Dictionary<string, JsonElement> checks) = Examine();
        Assert.Equal(0, code);
        Assert.DoesNotContain(checks.Values, c => c.GetProperty("state").GetString() is "problem" or "warning");
        Assert.Contains("profile 'pi4'", What(checks, "board"), StringComparison.Ordinal);
        Assert.Contains("gpio:pinctrl-bcm2711:LINE", What(checks, "gpio"), StringComparison.Ordinal);
        Assert.Contains("v4l2:/dev/video0", What(checks, "usb-camera"), StringComparison.Ordinal);
        Assert.DoesNotContain("codec", What(checks, "usb-camera"), StringComparison.Ordinal);
        Assert.Contains("without dot product", What(checks, "cpu"), StringComparison.Ordinal);
        Assert.Contains("1800 MHz", What(checks, "cpu-governor"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_fresh_board_lacks_is_told_with_its_cure()
    {
        Pi4();
        Write("proc/self/status", Stranger);
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n");
        Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        Write("sys/class/thermal/thermal_zone0/temp", "84500\n");
        (int code, Dictionary<string, JsonElement> checks) = Examine();
        Assert.Equal(5, code);
        Expect(checks, "supply", "problem", "supply");
        Expect(checks, "temperature", "warning", "Cool");
        Expect(checks, "cpu-governor", "warning", "ondemand");
        Expect(checks, "i2c", "warning", "raspi-config");
        Expect(checks, "csi-camera", "warning", "apt install rpicam-apps");
        Expect(checks, "group-gpio", "problem", "usermod -aG gpio");
        Assert.Equal("absent", checks["group-i2c"].GetProperty("state").GetString());
        Assert.Equal("absent", checks["usb-camera"].GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("50000", "warning", "has been too low")]
    [InlineData("4", "warning", "holds the clock back now")]
    [InlineData("40000", "warning", "held the clock back since")]
    [InlineData("0", "ok", "never")]
    [InlineData("nonsense", "absent", "does not tell")]
    public void Flags_of_the_firmware_are_told_apart(string flags, string state, string words)
    {
        Pi4();
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", flags + "\n");
        Dictionary<string, JsonElement> checks = Examine().Checks;
        Assert.Equal(state, checks["supply"].GetProperty("state").GetString());
        Assert.Contains(words, What(checks, "supply"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "problem", "too low now")]
    [InlineData("0", "ok", "no under-voltage now")]
    [InlineData("", "absent", "does not tell")]
    public void A_kernel_without_the_flags_has_an_alarm(string alarm, string state, string words)
    {
        Pi4();
        File.Delete(Path.Combine(_root, "sys/devices/platform/soc/soc:firmware/get_throttled"));
        Write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
        Write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", alarm + "\n");
        Dictionary<string, JsonElement> checks = Examine().Checks;
        Assert.Equal(state, checks["supply"].GetProperty("state").GetString());
        Assert.Contains(words, What(checks, "supply"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_i2c_overlay_without_its_module_is_another_cure()
    {
        Pi4();
        Write("boot/firmware/config.txt", "# comment\ndtparam=i2c_arm=on\n");
        Expect(Examine().Checks, "i2c", "warning", "modprobe i2c-dev");
    }

    [Fact]
    public void An_old_kernel_needs_libgpiod()
    {
        Pi4();
        Write("proc/sys/kernel/osrelease", "5.4.83-v8+\n");
        Dictionary<string, JsonElement> checks = Examine().Checks;
        Expect(checks, "kernel", "warning", "Update");
        Expect(checks, "libgpiod", "warning", "apt install libgpiod2");
        Write("usr/lib/aarch64-linux-gnu/libgpiod.so.2");
        Assert.Equal("ok", Examine().Checks["libgpiod"].GetProperty("state").GetString());
    }

    [Fact]
    public void A_pc_need_not_be_a_board()
    {
        Write("proc/cpuinfo", "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu avx2 avx_vnni\n\nprocessor\t: 1\n");
        Write("proc/sys/kernel/osrelease", "6.1.0-13-amd64\n");
        Write("proc/meminfo", "MemTotal:       16318000 kB\n");
        Write("proc/self/status", Stranger);
        Write("etc/group", Groups);
        (int code, Dictionary<string, JsonElement> checks) = Examine();
        Assert.Equal(0, code);
        Assert.Contains("profile 'pc'", What(checks, "board"), StringComparison.Ordinal);
        Assert.Contains("2 core(s), AVX-VNNI", What(checks, "cpu"), StringComparison.Ordinal);
        Assert.DoesNotContain(checks.Values, c => c.GetProperty("state").GetString() is "problem" or "warning");
    }

    [Fact]
    public void A_board_without_a_profile_is_likened_to_those_of_its_core()
    {
        Pi4();
        Write("proc/device-tree/model", "Orange Pi 4 LTS\0");
        Dictionary<string, JsonElement> checks = Examine().Checks;
        Expect(checks, "board", "warning", "pi4");
        Assert.Contains("Orange Pi 4 LTS", What(checks, "board"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_tree_is_no_reason_to_fall()
    {
        List<Finding> findings = Doctor.Examine(new SystemTree(_root), BoardFacts.Detect(_root));
        Assert.Equal(findings.Count, findings.Select(f => f.Check).Distinct().Count());
        Assert.All(findings.Where(f => f.State is FindingState.Warning or FindingState.Problem), f => Assert.NotNull(f.Mend));
        Assert.Equal(2, ApplicationTests.Run("doctor", "--root", Path.Combine(_root, "nowhere")).Code);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Pi4()
    {
        Write("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0");
        Write("proc/cpuinfo", A72);
        Write("proc/meminfo", "MemTotal:        3884264 kB\n");
        Write("proc/sys/kernel/osrelease", "6.12.47+rpt-rpi-v8\n");
        Write("proc/self/status", Stranger);
        Write("etc/group", Groups);
        Write("dev/gpiochip0");
        Write("sys/class/gpio/gpiochip512/label", "pinctrl-bcm2711\n");
        Write("sys/class/gpio/gpiochip570/label", "raspberrypi-exp-gpio\n");
        Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        Write("sys/class/thermal/thermal_zone0/temp", "48200\n");
        Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
        Write("sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "1800000\n");
        Write("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "1800000\n");
        Write("sys/devices/platform/soc/soc:firmware/get_throttled", "0\n");
    }

    private void Write(string path, string text = "")
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private (int Code, Dictionary<string, JsonElement> Checks) Examine()
    {
        (int code, string data, _) = ApplicationTests.Run("doctor", "--root", _root, "--json");
        JsonElement document = JsonDocument.Parse(data).RootElement;
        Assert.Equal("edgert.doctor", document.GetProperty("schema").GetString());
        Assert.Equal(code == 0, document.GetProperty("ok").GetBoolean());
        (int textCode, string text, _) = ApplicationTests.Run("doctor", "--root", _root);
        Assert.Equal(code, textCode);
        Dictionary<string, JsonElement> checks = document.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("check").GetString()!);
        Assert.All(checks.Keys, check => Assert.Contains(check, text, StringComparison.Ordinal));
        return (code, checks);
    }

    private static string What(Dictionary<string, JsonElement> checks, string check) => checks[check].GetProperty("what").GetString()!;

    private static void Expect(Dictionary<string, JsonElement> checks, string check, string state, string cure)
    {
        Assert.Equal(state, checks[check].GetProperty("state").GetString());
        Assert.Contains(cure, checks[check].GetProperty("mend").GetString(), StringComparison.Ordinal);
    }
}
