using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>The traces, all made here from a seed.</summary>
internal static class Traces
{
    /// <summary>One trace of every kind.</summary>
    public static List<Trace> All(int seed)
    {
        Random random = new(seed);
        double Some(double low, double high) => low + ((high - low) * random.NextDouble());
        double when = Some(70, 110);
        double later = when + Some(40, 60);
        return
        [
            Make("power", "a constant power cap", new Goals { MaxWatts = Some(3.7, 4.4) }),
            Make("power-drops", "the power cap drops half-way", new Goals { MaxWatts = 4.6 }, (when, new Goals { MaxWatts = Some(3.5, 3.9) })),
            Make("power-load", "another program slows the machine by half for a while", new Goals { MaxWatts = 4.2 },
                with: t => t with { SlowDown = Curve.Steps((0, 1), (when, 1.5), (later, 1)), Events = [when, later] }),
            Make("power-bursts", "frames come in bursts", new Goals { MaxWatts = Some(3.9, 4.3) },
                with: t => t with { Seconds = 360, Period = Curve.Steps([.. Enumerable.Range(0, 24).Select(i => (i * 15.0, i % 2 == 0 ? 0.08 : 0.25))]), Events = [] }),
            Make("power-sensor-lost", "the sensor fails for a minute", new Goals { MaxWatts = 4.1 },
                with: t => t with { NoPower = [(when, when + 60)], Events = [when, when + 60] }),
            Make("power-dear", "working costs more power as the board warms up", new Goals { MaxWatts = 4.3 },
                with: t => t with { ExtraWatts = new Curve((0, 3.2), (240, 4.4)) }),
            Make("power-wrong-plan", "the points cost other than predicted", new Goals { MaxWatts = 4.0 },
                with: t => t with { TrueFactors = [1.5, 1.3, 1.1, 1.05, 1] }),
            Make("power-noisy", "power is measured badly, and frames vary", new Goals { MaxWatts = 4.1 },
                with: t => t with { PowerNoise = 0.08, Noise = 0.08 }),
            Make("power-unreachable", "not even the cheapest point fits: frames are spaced", new Goals { MaxWatts = 2.95 },
                with: t => t with { IsUnreachable = true, Seconds = 300, Events = [0] }),
            Make("joules", "a budget of energy per frame", new Goals { MaxJoulesPerFrame = Some(0.18, 0.26) }),
            Make("joules-rare", "the same, with a frame every two seconds", new Goals { MaxJoulesPerFrame = 0.22 },
                with: t => t with { Seconds = 1200, Period = Curve.Constant(2) }),
            Make("joules-slow", "the machine gets slower and slower", new Goals { MaxJoulesPerFrame = 0.28 },
                with: t => t with { SlowDown = new Curve((0, 1), (240, 1.8)), Period = Curve.Constant(0.15) }),
            Make("battery", "a battery has to last", new Goals { BatteryHours = 0.25 }, with: t => t with { Seconds = 900, BatteryJoules = 900 * Some(3.8, 4.3) }),
            Make("battery-coarse", "its gauge tells steps of 2 %", new Goals { BatteryHours = 0.25 },
                with: t => t with { Seconds = 900, BatteryJoules = 3700, GaugeStep = 74 }),
            Make("battery-gauge-lost", "its gauge fails half-way, and the load changes", new Goals { BatteryHours = 0.25 },
                with: t => t with { Seconds = 900, BatteryJoules = 3600, GaugeStep = 36, NoGauge = [(450, 900)], SlowDown = Curve.Steps((0, 1), (500, 1.3)), Events = [500] }),
            Make("deadline", "a deadline between two points", new Goals { DeadlineMs = Some(34, 55) }),
            Make("deadline-load", "another program comes and goes", new Goals { DeadlineMs = 50 },
                with: t => t with { SlowDown = Curve.Steps([.. Enumerable.Range(0, 8).Select(i => (i * 30.0, i % 2 == 0 ? 1.0 : 1.5))]), Events = [.. Enumerable.Range(1, 7).Select(i => i * 30.0)] }),
            Make("deadline-heat", "the clock sinks as the board gets hot", new Goals { DeadlineMs = 65 }, with: t => t with { SlowDown = new Curve((0, 1), (60, 1), (200, 2.2)) }),
            Make("deadline-outliers", "one frame in a hundred takes three times as long", new Goals { DeadlineMs = 50 }, with: t => t with { Outliers = 0.01 }),
            Make("fps", "a rate of frames that dense does not reach", new Goals { MinFps = Some(22, 30) }, with: t => t with { Period = Curve.Constant(0), Seconds = 180 }),
            Make("fps-load", "the same under a load that changes", new Goals { MinFps = 22 },
                with: t => t with { Period = Curve.Constant(0), Seconds = 180, SlowDown = Curve.Steps((0, 1), (when, 1.4), (later, 1)), Events = [when, later] }),
            Make("heat", "a hot box", new Goals { MaxCelsius = 64 }, with: t => t with { Ambient = Curve.Constant(Some(29, 32)), Seconds = 900, Period = Curve.Constant(0.07) }),
            Make("heat-noon", "the sun comes round", new Goals { MaxCelsius = 64 },
                with: t => t with { Ambient = new Curve((0, 22), (500, 33), (900, 33), (1200, 26)), Seconds = 1200, Period = Curve.Constant(0.07) }),
            Make("heat-sensor-lost", "the temperature is not known for two minutes", new Goals { MaxCelsius = 64 },
                with: t => t with { Ambient = Curve.Constant(30), Seconds = 900, Period = Curve.Constant(0.07), NoTemperature = [(500, 620)], Events = [500, 620] }),
            Make("brown-out", "the supply breaks down above a power that sinks", new Goals { MaxWatts = 5.5 },
                with: t => t with { Seconds = 400, SupplyWatts = Curve.Steps((0, 9), (100, 4.4), (250, 9)), Events = [100, 250] }),
            Make("deadline-and-power", "both at once", new Goals { DeadlineMs = 45, MaxWatts = Some(3.6, 4.0) }, with: t => t with { SlowDown = Curve.Steps((0, 1), (when, 1.25)), Events = [when] }),
            Make("all", "power, deadline, rate and heat at once", new Goals { MaxWatts = 4.3, DeadlineMs = 70, MinFps = 20, MaxCelsius = 70 },
                with: t => t with { Noise = 0.04, SlowDown = new Curve((0, 1), (120, 1.3), (240, 1)) }),
        ];

        Trace Make(string name, string story, Goals goals, (double From, Goals Goals)? then = null, Func<Trace, Trace>? with = null)
        {
            Trace trace = new() { Name = name, Story = story, Seed = seed + name.Length, Goals = then is { } second ? [(0, goals), second] : [(0, goals)], Events = then is { } s ? [s.From] : [] };
            return with is null ? trace : with(trace);
        }
    }
}
