using System.Globalization;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Logs;

namespace EnergyLogWriter;

/// <summary>Writes an energy log as fast as it can until it is killed, for the tests of crash safety. Every record that the log took is told on stdout, by its number.</summary>
/// <remarks><c>energy-log-writer LOG FILE-BYTES FILES [BALLAST]</c>: with a ballast it stops once the disk was full, the ballast was deleted, and the log works again.</remarks>
internal static class Program
{
    private static int Main(string[] args)
    {
        long fileBytes = long.Parse(args[1], CultureInfo.InvariantCulture);
        int files = int.Parse(args[2], CultureInfo.InvariantCulture);
        using Stream output = Console.OpenStandardOutput();
        using EnergyLog log = EnergyLog.Open(args[0], "test:writer", 1, new EnergyLogOptions { MaximumBytes = fileBytes * files, Files = files, SyncSeconds = 1000 });
        int states = 0;
        log.Noticed += message =>
        {
            states++;
            Console.Error.WriteLine(message);
        };
        for (long frame = 0; states < 2; frame++)
        {
            long number = log.NextSequence;
            bool taken = log.Frame(frame, "dense", 1.5, new FrameEnergy(0.1, frame, 0.5, 0.2, 1));
            if (taken)
            {
                output.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}\n")));
            }
            else if (args.Length > 3)
            {
                File.Delete(args[3]);
                Thread.Sleep(50);
            }
            else
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"lost {log.Lost}"));
                return 0;
            }
        }

        return 0;
    }
}
