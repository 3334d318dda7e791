using System.Diagnostics;
using System.Text.Json;

namespace ConformanceRunner;

/// <summary>Runs cases in a process of their own, so that a crash or an endless loop costs one case and not the run.</summary>
internal sealed class WorkerProcess : IDisposable
{
    /// <summary>Argument that makes this program a worker.</summary>
    public const string Argument = "--worker";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private Process? _process;

    /// <summary>The worker's side: one folder per line in, one verdict as JSON per line out.</summary>
    public static int Serve()
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] parts = line.Split('\t');
            Console.Out.WriteLine(JsonSerializer.Serialize(CaseRunner.Run(parts[0], parts[1])));
            Console.Out.Flush();
        }

        return 0;
    }

    /// <summary>Runs one case.</summary>
    public Verdict Run(string name, string folder)
    {
        Process process = _process ??= Start();
        process.StandardInput.WriteLine($"{name}\t{folder}");
        process.StandardInput.Flush();
        Task<string?> answer = process.StandardOutput.ReadLineAsync();
        bool inTime = answer.Wait(TimeLimit);
        if (inTime && answer.Result is { } json)
        {
            return JsonSerializer.Deserialize<Verdict>(json)!;
        }

        Stop();
        return new Verdict(name, Path.GetFileName(folder), Outcome.Failed, inTime ? "the process died" : $"no answer within {TimeLimit.TotalSeconds} s");
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private static Process Start()
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        }

        start.ArgumentList.Add(Argument);
        return Process.Start(start)!;
    }

    private void Stop()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
        }

        _process?.Dispose();
        _process = null;
    }
}
