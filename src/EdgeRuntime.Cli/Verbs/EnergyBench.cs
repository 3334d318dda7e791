using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Energy;
using EdgeRuntime.Sessions;
using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>The energy part of <c>edgert bench</c>: windows of inferences at every operating point, in turn.</summary>
internal sealed class EnergyBench
{
    public static readonly OptionSpec Energy = new("--energy", null, "Measure energy per inference too (EnergyRunner protocol: windows, median, net of idle).");
    public static readonly OptionSpec Windows = new("--windows", "N", "Measuring windows per operating point, at least 5 (default 5).");
    public static readonly OptionSpec WindowSeconds = new("--window-seconds", "S", "Least length of a window (default 10).");

    public static readonly OptionSpec Marker = new("--marker", "CHIP:LINE", "GPIO output for an instrument outside: falls where a window begins, rises where it ends.");

    /// <summary>Options of this part.</summary>
    public static readonly OptionSpec[] Options = [Energy, CommonOptions.EnergySource, CommonOptions.IdleWatts, Windows, WindowSeconds, Marker];

    private readonly EnergyWindow[][] _windows;

    private EnergyBench(string source, double idleWatts, EnergyWindow[][] windows)
    {
        Source = source;
        IdleWatts = idleWatts;
        _windows = windows;
    }

    /// <summary>Tag of the sensor.</summary>
    public string Source { get; }

    /// <summary>Power of the idle board; NaN if it could not be measured.</summary>
    public double IdleWatts { get; }

    /// <summary>Windows of an operating point.</summary>
    public ReadOnlySpan<EnergyWindow> WindowsOf(int index) => _windows[index];

    /// <summary>Median power in the windows.</summary>
    public double Watts(int index) => EnergyRunner.Median(_windows[index].Select(w => w.Watts));

    /// <summary>Median gross joules per inference.</summary>
    public double GrossJoules(int index) => EnergyRunner.Median(_windows[index].Select(w => w.GrossJoules));

    /// <summary>Median joules per inference net of idle.</summary>
    public double NetJoules(int index) => EnergyRunner.Median(_windows[index].Select(w => w.NetJoules(IdleWatts)));

    /// <summary>Measures, if the command line asks for it; the network is warm already.</summary>
    public static EnergyBench? Measure(Arguments arguments, Terminal terminal, Session session, int[] points, CancellationToken cancellation)
    {
        int count = arguments.Integer(Windows, EnergyRunner.FewestWindows, EnergyRunner.FewestWindows, 1000);
        TimeSpan length = TimeSpan.FromSeconds(arguments.Number(WindowSeconds, 10, 0.1, 60));
        if (!arguments.Has(Energy))
        {
            return null;
        }

        using EnergyMeter meter = new(CommonOptions.EnergySensor(arguments, CommonOptions.EnergySource, session.Threads));
        meter.Noticed += notice => terminal.Warning(notice.Message);
        using GpioOutput? marker = CommonOptions.GpioLine(arguments, Marker, true);
        meter.Start();
        EnergyRunner runner = new(meter, marker);
        double idle = CommonOptions.IdleWattsOf(arguments) ?? runner.MeasureIdle(length / 2, cancellation);
        meter.IdleWatts = double.IsNaN(idle) ? null : idle;
        EnergyWindow[][] windows = Array.ConvertAll(points, _ => new EnergyWindow[count]);
        for (int w = 0; w < count; w++)
        {
            for (int p = 0; p < points.Length; p++)
            {
                session.Point = points[p];
                session.SetGoldenInput();
                session.Run();
                windows[p][w] = runner.MeasureWindow(session.Run, length, cancellation);
            }
        }

        return new EnergyBench(meter.Source, idle, windows);
    }
}
