using System.Diagnostics;
using System.Runtime.InteropServices;
using EdgeRuntime.Tests.Shared.Requirements;

namespace EndToEnd.Tests.Support;

/// <summary>Runs the published programs as a user does.</summary>
internal static class Programs
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    /// <summary>Name of the folder with this machine's edgert.</summary>
    public static string NativeRid => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>edgert on this machine.</summary>
    public static Outcome Edgert(params string[] args) => Edgert(Machine.Native, args);

    /// <summary>edgert on a machine.</summary>
    public static Outcome Edgert(Machine machine, params string[] args) => Run([.. machine.Command, .. args], []);

    /// <summary>modelpacker.</summary>
    public static Outcome Modelpacker(params string[] args) => Run([Tool("modelpacker"), .. args], []);

    /// <summary>Draws labelled pictures of the demo's parts.</summary>
    public static Outcome PartsGenerator(params string[] args) => Run([Tool("parts-generator"), .. args], []);

    /// <summary>A command line with environment variables.</summary>
    public static Outcome Run(string[] command, (string Name, string Value)[] environment)
    {
        using Process process = Start(command, environment);
        return Finish(process, process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    /// <summary>Starts a program that takes long, interrupts it as Ctrl+C does, and waits for its end.</summary>
    public static Outcome Interrupted(params string[] command)
    {
        Outcome? outcome = null;

        // On a busy machine a program may not have begun after a few seconds; then it ends without a word, as any program would.
        foreach (int seconds in (int[])[2, 8, 32])
        {
            outcome = InterruptedAfter(TimeSpan.FromSeconds(seconds), command);
            if (outcome.Messages.Length > 0)
            {
                break;
            }
        }

        return outcome!;
    }

    private static Outcome InterruptedAfter(TimeSpan time, string[] command)
    {
        // A shell that starts the tests in the background lets them, and their children, ignore interruptions.
        using Process process = Start(["env", "--default-signal=INT", .. command], []);
        Task<string> data = process.StandardOutput.ReadToEndAsync();
        Task<string> messages = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(time))
        {
            using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
            kill.WaitForExit();
        }

        return Finish(process, data, messages);
    }

    /// <summary>The executable of a host program.</summary>
    public static string Tool(string name) => Path.Combine(Requirement.Programs!, name, name);

    private static Process Start(string[] command, (string Name, string Value)[] environment)
    {
        ProcessStartInfo info = new(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string name in info.Environment.Keys.Where(k => k.StartsWith("EDGERT_", StringComparison.Ordinal)).ToArray())
        {
            info.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            info.Environment[name] = value;
        }

        // The programs of this host find the runtime that runs the tests, wherever it is installed.
        info.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        Process process = Process.Start(info)!;
        process.StandardInput.Close();
        return process;
    }

    private static Outcome Finish(Process process, Task<string> data, Task<string> messages)
    {
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{string.Join(' ', process.StartInfo.ArgumentList)} did not end within {Limit}");
        }

        return new Outcome(process.ExitCode, data.Result, messages.Result);
    }
}
