using System.Globalization;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What the machine is.</summary>
internal static class BoardChecks
{
    // GPIO lines are taken by version 2 of the kernel's interface.
    private static readonly Version LeastKernel = new(5, 10);

    public static Finding Model(SystemTree tree, BoardFacts? board)
    {
        string? model = tree.Text("proc/device-tree/model");
        if (board is not null)
        {
            return new Finding("board", FindingState.Ok, $"{board.Title}, profile '{board.Name}'{(model is null ? "" : $" ({model})")}");
        }

        string? part = tree.Field("proc/cpuinfo", "CPU part");
        string alike = part is null ? "" : string.Join(", ", BoardFacts.WithCpu(part).Select(b => b.Name));
        return new Finding("board", FindingState.Warning, $"no profile for this board ({model ?? "it does not tell its model"}; CPU part {part ?? "not told"})",
            alike.Length > 0 ? $"Predictions and modelled power can use the profile of a board with the same core: {alike}" : "boards/schema.json says how a profile is written");
    }

    public static Finding Processor(SystemTree tree)
    {
        int cores = (tree.Text("proc/cpuinfo") ?? "").Split('\n').Count(l => l.StartsWith("processor", StringComparison.Ordinal));
        string flags = $" {tree.Field("proc/cpuinfo", "Features") ?? tree.Field("proc/cpuinfo", "flags")} ";
        string fast = flags.Contains(" asimddp ", StringComparison.Ordinal) ? "dot product"
            : flags.Contains(" asimd ", StringComparison.Ordinal) ? "NEON without dot product"
            : flags.Contains(" avx_vnni ", StringComparison.Ordinal) ? "AVX-VNNI"
            : flags.Contains(" avx2 ", StringComparison.Ordinal) ? "AVX2" : "";
        return cores == 0 ? new Finding("cpu", FindingState.Warning, "/proc/cpuinfo does not tell the processor", "Is /proc mounted?")
            : fast.Length == 0 ? new Finding("cpu", FindingState.Warning, $"{cores} core(s) without vector instructions that the kernels know", "Everything works, slowly")
            : new Finding("cpu", FindingState.Ok, $"{cores} core(s), {fast}");
    }

    public static Finding Kernel(SystemTree tree)
    {
        string release = tree.Text("proc/sys/kernel/osrelease") ?? "";
        int end = release.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        return !Version.TryParse(release.AsSpan(0, end).TrimEnd('.'), out Version? version)
            ? new Finding("kernel", FindingState.Warning, "the kernel's version is not told", "Is /proc mounted?")
            : version < LeastKernel
            ? new Finding("kernel", FindingState.Warning, $"Linux {release} lacks version 2 of the GPIO interface: triggers work through libgpiod, without time stamps of the kernel", "Update the system (Linux 5.10 or newer)")
            : new Finding("kernel", FindingState.Ok, $"Linux {release}");
    }

    public static Finding Memory(SystemTree tree)
    {
        string? field = tree.Field("proc/meminfo", "MemTotal");
        return long.TryParse((field ?? "").Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? new Finding("memory", FindingState.Ok, $"{kilobytes / 1024} MiB; 'edgert inspect' tells what a bundle takes")
            : new Finding("memory", FindingState.Warning, "the size of the memory is not told", "Is /proc mounted?");
    }
}
