using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Tests.Shared.Requirements;

/// <summary>Finds what tests need, or says why it is not there.</summary>
public static class Requirement
{
    /// <summary>Names the folder of published programs: <c>modelpacker/</c>, <c>parts-generator/</c>, <c>linux-x64/</c>, <c>linux-arm64/</c>.</summary>
    public const string ProgramsVariable = "EDGERT_TEST_BIN_DIR";

    private const string SlowVariable = "EDGERT_TEST_SLOW";

    /// <summary>The repository.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Large test data beside the repository, or null.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>The folder of published programs, or null.</summary>
    public static string? Programs { get; } = FindPrograms();

    /// <summary>The command that runs an arm64 program here; null where there is none.</summary>
    public static string? ArmEmulator { get; } = FindOnPath("qemu-aarch64-static") ?? FindOnPath("qemu-aarch64");

    /// <summary>The system's Python before any other, since it is the one that has the system's packages.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static Lazy<bool> HasMsgpack { get; } = new(() => Succeeds(Python, "-c", "import msgpack"));

    private static Lazy<bool> HasTorch { get; } = new(() => Succeeds(Python, "-c", "import torch, numpy, onnx, PIL"));

    /// <summary>A file of the folder <c>shared</c>; only for tests that need it.</summary>
    public static string SharedFile(params string[] parts) => Path.Combine([Shared ?? throw new InvalidOperationException("no shared folder"), .. parts]);

    /// <summary>Why the first missing need is missing; null when all are there.</summary>
    public static string? FirstMissing(params Need[] needs) => needs.Select(Missing).FirstOrDefault(reason => reason is not null);

    private static string? Missing(Need need) => need switch
    {
        Need.SharedFiles => Shared is not null ? null : "no folder 'shared' with models and images beside the repository",
        Need.Programs => Programs is not null ? null : $"{ProgramsVariable} names no folder of published programs; tools/test publishes them and sets it",
        Need.Arm => MissingArm(),
        Need.Msgpack => HasMsgpack.Value ? null : "Python lacks msgpack (Debian package python3-msgpack)",
        Need.Torch => HasTorch.Value ? null : "Python lacks torch, numpy, onnx or PIL (Debian packages python3-torch, python3-numpy, python3-onnx, python3-pil)",
        Need.Patience => Environment.GetEnvironmentVariable(SlowVariable) == "1" ? null : $"takes minutes; {SlowVariable}=1 runs it",
        _ => throw new ArgumentOutOfRangeException(nameof(need)),
    };

    private static string? MissingArm()
        => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "this machine is arm64 itself: the native runs show the same"
            : ArmEmulator is null ? "no qemu-aarch64 (Debian package qemu-user-static) to run arm64 programs"
            : Programs is null || !File.Exists(Path.Combine(Programs, "linux-arm64", "edgert")) ? "edgert is not published for linux-arm64; tools/test does that"
            : null;

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Directory.Packages.props")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    private static string? FindShared()
    {
        string folder = Path.GetFullPath(Path.Combine(Root, "..", "shared"));
        return Directory.Exists(Path.Combine(folder, "models")) && Directory.Exists(Path.Combine(folder, "images")) ? folder : null;
    }

    private static string? FindPrograms()
        => Environment.GetEnvironmentVariable(ProgramsVariable) is { Length: > 0 } folder && Directory.Exists(folder) ? Path.GetFullPath(folder) : null;

    private static string? FindOnPath(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static bool Succeeds(string program, params string[] args)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
