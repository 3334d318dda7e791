using System.ComponentModel;
using System.Diagnostics;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>Asks the firmware of a Raspberry Pi through <c>vcgencmd</c>.</summary>
internal static class VideoCore
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Runs a command of the firmware and returns its answer.</summary>
    /// <exception cref="SensorException">There is no such program, it may not ask, or it does not end.</exception>
    public static string Ask(string command)
    {
        string source = $"vcgencmd {command}";
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("vcgencmd", command) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> answer = process.StandardOutput.ReadToEndAsync();
            Task<string> complaint = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
            {
                process.Kill();
                throw new SensorException(source, "it does not end", "Try it by hand");
            }

            return process.ExitCode == 0 ? answer.Result
                : throw new SensorException(source, $"it failed: {(complaint.Result + answer.Result).Trim()}", "Add the user to the group video ('sudo usermod -aG video $USER') and log in again");
        }
        catch (Win32Exception e)
        {
            throw new SensorException(source, "there is no program vcgencmd", "It comes with Raspberry Pi OS; on other systems and boards use another sensor", e);
        }
    }
}
