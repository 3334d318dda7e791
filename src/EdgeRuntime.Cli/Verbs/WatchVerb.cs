using System.Runtime.InteropServices;
using EdgeRuntime.Cameras;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Watching;
using EdgeRuntime.Device;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;
using EdgeRuntime.Triggers;
using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert watch</c>: answers a camera's pictures when a trigger says so, until it is stopped.</summary>
internal sealed class WatchVerb : IVerb
{
    public string Name => "watch";

    public string Summary => "answers a camera's pictures, when a trigger says so";

    public string Operands => "OUT.edge";

    public string[] Examples =>
    [
        "watch model.edge --camera v4l2:/dev/video0 --trigger gpio:pinctrl-bcm2711:17:falling",
        "watch model.edge --camera rpicam --trigger motion --pictures seen/",
        "watch model.edge --camera rpicam --trigger interval:500 --max-watts 4 --energy-source ina219@1-0040,shunt=0.01 --energy-log energy.jsonl",
        "watch model.edge --camera synthetic --trigger interval:500 --frames 20",
    ];

    public OptionSpec[] Options => WatchOptionSpecs.All;

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        string path = arguments.SingleOperand("a bundle");
        int threads = CommonOptions.ThreadsOf(arguments);
        int top = arguments.Integer(WatchOptionSpecs.Top, 3, 1, 1000);
        string cameraText = arguments.Value(WatchOptionSpecs.Camera) ?? "synthetic";
        string triggerText = arguments.Value(WatchOptionSpecs.Trigger) ?? "every-frame";
        WatchOptions options = new(arguments.Integer(WatchOptionSpecs.Frames, 0, 1, int.MaxValue));
        WatchLog log = new(terminal);
        WatchPolicySettings policy = new(arguments.Value(CommonOptions.Point), WatchEnergy.GoalsOf(arguments), arguments.Has(WatchOptionSpecs.Cascade), WatchEnergy.CapsOf(arguments)?[1..]);
        if (policy.Point is not null && (policy.Goals.Any || policy.Cascade))
        {
            throw new UsageException("'--point' fixes the operating point, and goals or '--cascade' choose it", "leave one of them out");
        }

        // What can be wrong is tried in the order of its cost, all of it before the first frame.
        ICamera camera = CameraFactory.Create(cameraText, WatchOptionSpecs.CameraOf(arguments));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Waker waker = new();
        using ITrigger trigger = TriggerFactory.Create(triggerText, waker, arguments.Integer(WatchOptionSpecs.Debounce, 1000, 0, 10_000_000), log);
        using WatchSignals signals = new(CommonOptions.GpioLine(arguments, WatchOptionSpecs.Led, true), CommonOptions.GpioLine(arguments, WatchOptionSpecs.Strobe, false), CommonOptions.GpioLine(arguments, WatchOptionSpecs.Marker, true));
        PictureFolder? folder = Folder(arguments);
        using WatchEnergy energy = WatchEnergy.Open(arguments, policy.Goals, threads, log);
        Network network = Network.Load(path, threads, top);
        using CameraPump pump = Pump(camera, trigger, log, network);
        using LineQueue lines = new(terminal.LiveData, log, stop.Cancel);
        using CancellationTokenRegistration hurry = stop.Token.Register(lines.Hurry);
        log.Lines = lines;
        using AnnotationQueue? pictures = folder is null ? null : new AnnotationQueue(folder, log);
        Watcher? watcher = null;
        using HotSwap swap = new(() => Network.Load(path, threads, top), () => watcher?.Nudge(), log);
        watcher = new Watcher(network, new WatchParts
        {
            Waker = waker,
            Trigger = trigger,
            Pump = pump,
            Lines = lines,
            Policy = new WatchPolicy(policy, energy.Sources, log),
            Log = log,
            Signals = signals,
            Pictures = pictures,
            Swap = swap,
        }, options, stop.Token);
        using (watcher)
        using (PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => { context.Cancel = true; swap.Request(); }))
        {
            WatchReport.Start(lines, network, camera.Name, trigger.Name);
            long start = Clock.Now;
            watcher.Run();
            string reason = lines.Gone ? "reader" : stop.IsCancellationRequested ? "signal" : options.Frames > 0 && watcher.Answered >= options.Frames ? "frames" : "camera";
            WatchReport.End(lines, reason, (Clock.Now - start) / 1e9, watcher, pump, pictures);
        }

        return ExitCode.Ok;
    }

    private static CameraPump Pump(ICamera camera, ITrigger trigger, WatchLog log, Network network)
    {
        try
        {
            return new CameraPump(camera, trigger is IFrameTrigger, log);
        }
        catch
        {
            camera.Dispose();
            network.Dispose();
            throw;
        }
    }

    private static PictureFolder? Folder(Arguments arguments)
        => arguments.Value(WatchOptionSpecs.Pictures) is { } folder
            ? new PictureFolder(folder, arguments.Integer(WatchOptionSpecs.MostPictures, 200, 1, 1_000_000), arguments.Integer(WatchOptionSpecs.MostMegabytes, 100, 1, 1_000_000) * 1_000_000L)
            : null;
}
