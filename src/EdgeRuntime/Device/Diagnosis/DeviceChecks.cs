using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>GPIO, I²C and power sensors.</summary>
internal static class DeviceChecks
{
    private static readonly string[] LibraryFolders = ["usr/lib/aarch64-linux-gnu", "usr/lib/arm-linux-gnueabihf", "usr/lib/x86_64-linux-gnu", "usr/lib", "lib", "usr/lib64"];

    public static Finding Gpio(SystemTree tree, BoardFacts? board)
    {
        List<string> labels = tree.GpioLabels();
        bool nodes = tree.Names("dev", "gpiochip*").Length > 0;
        if (board?.GpioLabel is { } label)
        {
            return labels.Contains(label) ? new Finding("gpio", FindingState.Ok, $"chip '{label}' has the header's pins: --trigger gpio:{label}:LINE")
                : nodes ? new Finding("gpio", FindingState.Warning, $"the chip '{label}' with the header's pins is not seen{Listed(labels)}", "If the check of the group gpio fails below, mend that first; else update the system")
                : new Finding("gpio", FindingState.Problem, "there is no /dev/gpiochip*", "Update the system; a container needs --device /dev/gpiochip0");
        }

        return labels.Count > 0 || nodes ? new Finding("gpio", FindingState.Ok, $"GPIO chips are there{Listed(labels)}")
            : new Finding("gpio", FindingState.Absent, "no GPIO chips; triggers other than gpio work");
    }

    public static Finding Libgpiod(SystemTree tree)
    {
        bool there = LibraryFolders.Any(f => tree.Names(f, "libgpiod.so.*").Length > 0);
        bool old = BoardChecks.Kernel(tree).State != FindingState.Ok;
        return there ? new Finding("libgpiod", FindingState.Ok, "installed")
            : old ? new Finding("libgpiod", FindingState.Warning, "not installed, and this kernel needs it for GPIO lines", "sudo apt install libgpiod2")
            : new Finding("libgpiod", FindingState.Absent, "not installed, and not needed with this kernel");
    }

    public static Finding I2c(SystemTree tree, BoardFacts? board)
    {
        string[] buses = tree.Names("dev", "i2c-*");
        if (board?.I2cBus is { } bus)
        {
            if (buses.Contains($"i2c-{bus}"))
            {
                return new Finding("i2c", FindingState.Ok, $"bus {bus} of the header is on: --energy-source ina219@{bus}-0040");
            }

            string config = tree.Text("boot/firmware/config.txt") ?? tree.Text("boot/config.txt") ?? "";
            bool set = config.Split('\n').Any(l => l.TrimStart().StartsWith("dtparam=i2c_arm=on", StringComparison.Ordinal));
            return new Finding("i2c", FindingState.Warning, $"bus {bus} of the header is off, so power sensors on it cannot be read",
                !set ? "sudo raspi-config nonint do_i2c 0 (it adds dtparam=i2c_arm=on to config.txt), then restart" : "sudo modprobe i2c-dev, and write i2c-dev into /etc/modules; config.txt is right");
        }

        return buses.Length > 0 ? new Finding("i2c", FindingState.Ok, string.Join(", ", buses)) : new Finding("i2c", FindingState.Absent, "no I2C bus");
    }

    public static Finding PowerSensor(SystemTree tree, BoardFacts? board)
    {
        List<string> found = [.. HwmonSensor.Find(tree.Root).Select(f => $"hwmon:{f.Name}"), .. BatteryGauge.Find(tree.Root).Select(f => $"battery:{Path.GetFileName(f)}")];
        if (tree.Has("sys/class/powercap/intel-rapl:0"))
        {
            found.Add("rapl");
        }

        return found.Count > 0 ? new Finding("power-sensor", FindingState.Ok, $"{string.Join(", ", found)}; 'edgert power --list' tries them")
            : board?.HasHeader == true ? new Finding("power-sensor", FindingState.Absent, "none that the kernel knows: power is modelled, unless a sensor on the I2C bus is named (INA219, INA226 or INA260 with a shunt of 10 to 20 milliohm)")
            : new Finding("power-sensor", FindingState.Absent, "none: name one with --energy-source, or a board to model");
    }

    private static string Listed(List<string> labels) => labels.Count == 0 ? "" : $" (there are {string.Join(", ", labels.Select(l => $"'{l}'"))})";
}
