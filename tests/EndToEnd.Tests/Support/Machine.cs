using EdgeRuntime.Tests.Shared.Requirements;

namespace EndToEnd.Tests.Support;

/// <summary>A CPU that edgert runs on in these tests.</summary>
/// <param name="Name">As in the tests' names.</param>
/// <param name="Command">Program and arguments that run edgert, edgert's own path included.</param>
internal sealed record Machine(string Name, string[] Command)
{
    /// <summary>Cores of the Raspberry Pi Zero 2 W and 3, 4, and 5.</summary>
    public static readonly string[] ArmCores = ["cortex-a53", "cortex-a72", "cortex-a76"];

    /// <summary>This machine.</summary>
    public static Machine Native => new("native", [Path.Combine(Requirement.Programs!, Programs.NativeRid, "edgert")]);

    /// <summary>An emulated arm64 core.</summary>
    public static Machine Arm(string core)
        => new(core, [Requirement.ArmEmulator!, "-cpu", core, "-L", "/usr/aarch64-linux-gnu", Path.Combine(Requirement.Programs!, "linux-arm64", "edgert")]);
}
