using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli;

internal static class Program
{
    private static int Main(string[] args)
    {
        using Interruption interruption = new();
        using Terminal terminal = Terminal.OfProcess();
        return Application.Run(args, terminal, interruption.Token);
    }
}
