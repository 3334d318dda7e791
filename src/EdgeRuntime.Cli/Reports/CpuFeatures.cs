using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Cli.Reports;

/// <summary>What this CPU is and can do, as far as kernels care.</summary>
internal static class CpuFeatures
{
    /// <summary>For example <c>arm64</c>.</summary>
    public static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.X64 => "x64",
        _ => "other",
    };

    /// <summary>Instruction sets that the kernels know of and this CPU has.</summary>
    public static List<string> Supported()
    {
        List<string> names = [];
        void Add(bool supported, string name)
        {
            if (supported)
            {
                names.Add(name);
            }
        }

        Add(Sse41.IsSupported, "sse4.1");
        Add(Avx.IsSupported, "avx");
        Add(Avx2.IsSupported, "avx2");
        Add(Fma.IsSupported, "fma");
        Add(AvxVnni.IsSupported, "avx-vnni");
        Add(Avx512F.IsSupported, "avx512f");
        Add(AdvSimd.IsSupported, "neon");
        Add(Rdm.IsSupported, "rdm");
        Add(Dp.IsSupported, "dotprod");
        return names;
    }

    /// <summary>Name of the CPU or the board, or null where the system does not tell.</summary>
    public static string? Model()
    {
        try
        {
            const string Board = "/proc/device-tree/model";
            if (File.Exists(Board))
            {
                return File.ReadAllText(Board).TrimEnd('\0', '\n');
            }

            foreach (string line in File.ReadLines("/proc/cpuinfo"))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && line.AsSpan(0, colon).Trim() is "model name" or "Model")
                {
                    return line[(colon + 1)..].Trim();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a label: without it the report is as good.
        }

        return null;
    }
}
