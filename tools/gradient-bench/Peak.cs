using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using EdgeRuntime.Plans;
using ModelPacker.Gradients.Matrices;

namespace GradientBench;

/// <summary>The best rate of square fp32 products on this machine.</summary>
internal static unsafe class Peak
{
    private const int Size = 1024;

    /// <summary>The engine's own product, rows split over the threads: GFLOP/s, and GFLOP per second of processor time.</summary>
    public static (double Rate, double PerProcessor) Own(int threads, int repeats)
    {
        using NativeBlock a = new((long)Size * Size * sizeof(float));
        using NativeBlock b = new((long)Size * Size * sizeof(float));
        using NativeBlock c = new((long)Size * Size * sizeof(float));
        nint pa = (nint)a.Pointer;
        nint pb = (nint)b.Pointer;
        nint pc = (nint)c.Pointer;
        double best = double.MaxValue;
        double bestProcessor = double.MaxValue;
        for (int i = 0; i < repeats; i++)
        {
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t =>
            {
                const int block = 252;
                int first = Size * t / threads;
                int end = Size * (t + 1) / threads;
                for (int row = first; row < end; row += block)
                {
                    Gemm.Multiply((float*)pa + ((nint)row * Size), Size, 1, Math.Min(block, end - row), Size, (float*)pb, Size * Gemm.Panel, Size,
                        (float*)pc + ((nint)row * Size), Size, false);
                }
            });
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            bestProcessor = Math.Min(bestProcessor, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        }

        const double operations = 2.0 * Size * Size * Size / 1e9;
        return (operations / best, operations / bestProcessor);
    }

    /// <summary>NumPy's product in GFLOP/s; 0 where there is no NumPy.</summary>
    public static double NumPy(int threads, int repeats)
    {
        string script = "import time\nimport numpy as np\nbest = 0.0\n"
            + "for n in (1024,):\n    a = np.ones((n, n), np.float32)\n    b = np.ones((n, n), np.float32)\n"
            + $"    for _ in range({repeats}):\n        t = time.perf_counter()\n        a @ b\n        best = max(best, 2 * n ** 3 / (time.perf_counter() - t))\nprint(best / 1e9)\n";
        ProcessStartInfo start = new(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", ["-c", script]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string variable in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"])
        {
            start.Environment[variable] = threads.ToString(CultureInfo.InvariantCulture);
        }

        try
        {
            using Process process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? double.Parse(text, CultureInfo.InvariantCulture) : 0;
        }
        catch (Win32Exception)
        {
            return 0;
        }
    }
}
