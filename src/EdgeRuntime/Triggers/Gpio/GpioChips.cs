using System.Globalization;
using System.Text;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Finds GPIO chips.</summary>
public static unsafe class GpioChips
{
    /// <summary>The group whose members may use lines on Raspberry Pi OS.</summary>
    public const string Group = "gpio";

    private const string Prefix = "/dev/gpiochip";

    /// <summary>Path of the chip with a label, name, number or path.</summary>
    /// <exception cref="DeviceException">There is none; the message lists those that there are.</exception>
    public static string Find(string chip)
    {
        ArgumentException.ThrowIfNullOrEmpty(chip);
        if (chip[0] == '/')
        {
            return chip;
        }

        string path = int.TryParse(chip, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? $"{Prefix}{number}" : $"/dev/{chip}";
        if (File.Exists(path))
        {
            return path;
        }

        List<string> seen = [];
        int denied = 0;
        foreach (string candidate in All())
        {
            (string? label, int error) = LabelOf(candidate);
            if (label == chip)
            {
                return candidate;
            }

            denied += error is Errno.AccessDenied or Errno.NotPermitted ? 1 : 0;
            seen.Add(label is null ? candidate : $"{candidate} '{label}'");
        }

        throw denied > 0
            ? DeviceException.Of("cannot look at the GPIO chips", string.Join(", ", seen), Errno.AccessDenied, Group)
            : new DeviceException(seen.Count == 0 ? "this machine has no GPIO chips" : $"there is no GPIO chip of that label; there are {string.Join(", ", seen)}",
                $"chip '{chip}'", "Take one of those labels; 'edgert doctor' names the one with the header's pins");
    }

    /// <summary>Paths of all chips, by number.</summary>
    public static string[] All()
    {
        string[] paths = Directory.Exists("/dev") ? Directory.GetFileSystemEntries("/dev", "gpiochip*") : [];
        return [.. paths.OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal)];
    }

    /// <summary>Label of a chip, or the error number when it cannot be asked.</summary>
    internal static (string? Label, int Error) LabelOf(string path)
    {
        int file = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec);
        if (file < 0)
        {
            return (null, Errno.Last);
        }

        GpioCalls.ChipInfo info;
        int error = Libc.Control(file, GpioCalls.ChipInformation, &info) < 0 ? Errno.Last : 0;
        _ = Libc.Close(file);
        return error == 0 ? (Text(info.Label), 0) : (null, error);
    }

    private static string Text(byte* bytes)
    {
        ReadOnlySpan<byte> span = new(bytes, GpioCalls.NameBytes);
        int end = span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? span : span[..end]);
    }
}
