using System.Runtime.InteropServices;
using ModelPacker.Commands;

using CancellationTokenSource interrupt = new();
void Stop(PosixSignalContext context)
{
    // The first signal lets the work end in order; a second one ends the process the usual way.
    context.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
}

using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return PackerCommandLine.Run(args, Terminal.OfProcess(), interrupt.Token);
