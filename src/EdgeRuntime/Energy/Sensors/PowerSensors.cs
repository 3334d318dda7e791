namespace EdgeRuntime.Energy.Sensors;

/// <summary>Opens the sensor that a user names, or the best one there is.</summary>
/// <param name="root">Where <c>/sys</c> and <c>/proc</c> are looked for; <c>/</c> on a running system, a recorded tree in tests.</param>
/// <param name="threads">Threads that infer, for the model.</param>
/// <param name="time">Clock.</param>
public sealed class PowerSensors(string root = "/", int threads = 1, TimeProvider? time = null)
{
    private const int DefaultBus = 1;
    private const int DefaultAddress = 0x40;

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Opens a sensor.</summary>
    /// <param name="text">As <see cref="SensorSpec"/> says; <c>auto</c> takes the first that works of: a current sensor with a kernel driver, the Pi 5's converter, a battery that discharges, the processor's counters, the board's model.</param>
    /// <exception cref="EdgeRuntimeException">It cannot be opened (5), or is not named rightly (2).</exception>
    public IPowerSensor Open(string text)
    {
        SensorSpec spec = SensorSpec.Parse(text);
        (int bus, int address) = spec.Address ?? (DefaultBus, DefaultAddress);
        return spec.Kind switch
        {
            "auto" => OpenBest(),
            "ina219" => OnBus(bus, address, b => new Ina219(b, spec.Setting("shunt", 0.1), spec.Setting("max", Math.Min(3.2, 0.32 / spec.Setting("shunt", 0.1))))),
            "ina226" => OnBus(bus, address, b => new Ina226(b, spec.Setting("shunt", 0.1), spec.Settings.TryGetValue("max", out double max) ? max : null)),
            "ina260" => OnBus(bus, address, b => new Ina260(b)),
            "hwmon" => HwmonSensor.Open(root, spec.Name),
            "pmic" => Tried(new PmicSensor()),
            "battery" => BatteryGauge.Open(root, spec.Name, spec.Settings.TryGetValue("wh", out double wh) ? wh : null),
            "rapl" => RaplSensor.Open(root),
            "replay" => new ReplaySensor(PowerTrace.Load(spec.Name!), Path.GetFileName(spec.Name!), _time),
            "model" => new ModelSensor(Model(spec), threads, _time),
            _ => throw new InvalidOperationException($"sensor kind {spec.Kind}"),
        };
    }

    /// <summary>The sensors that are there and what is wrong with the others: a name to open each by, and null or the reason.</summary>
    public List<(string Spec, string? Problem)> List()
    {
        List<(string, string?)> found = [];
        foreach ((_, string name) in HwmonSensor.Find(root))
        {
            found.Add(($"hwmon:{name}", Problem($"hwmon:{name}")));
        }

        foreach (string battery in BatteryGauge.Find(root))
        {
            string spec = $"battery:{Path.GetFileName(battery)}";
            found.Add((spec, Problem(spec)));
        }

        foreach (string spec in (string[])["pmic", "rapl", "model"])
        {
            found.Add((spec, Problem(spec)));
        }

        return found;
    }

    private IPowerSensor OpenBest()
    {
        List<string> reasons = [];
        foreach (string candidate in (string[])["hwmon", "pmic", "battery", "rapl", "model"])
        {
            if (candidate == "hwmon" && !HwmonSensor.Find(root).Exists(f => f.Name.StartsWith("ina", StringComparison.Ordinal)))
            {
                continue;
            }

            try
            {
                return Tried(Open(candidate));
            }
            catch (SensorException e)
            {
                reasons.Add(e.What);
            }
        }

        throw new SensorException("auto", $"nothing here measures power: {string.Join("; ", reasons)}", "Name a sensor: 'ina219@1-0040', 'replay:FILE', or 'model,idle=2.7,active=3.5' with figures of your own");
    }

    private string? Problem(string spec)
    {
        try
        {
            Tried(Open(spec)).Dispose();
            return null;
        }
        catch (SensorException e)
        {
            return e.What;
        }
    }

    // Some sensors open well and cannot be read: better to know before the work starts.
    private static IPowerSensor Tried(IPowerSensor sensor)
    {
        try
        {
            sensor.Read();
            return sensor;
        }
        catch
        {
            sensor.Dispose();
            throw;
        }
    }

    private static InaSensor OnBus(int bus, int address, Func<IRegisterBus, InaSensor> make)
    {
        I2cRegisterBus registers = new(bus, address);
        try
        {
            return make(registers);
        }
        catch
        {
            registers.Dispose();
            throw;
        }
    }

    private BoardPower Model(SensorSpec spec)
    {
        if (spec.Settings.Count > 0)
        {
            double idle = spec.Setting("idle", 0);
            double active = spec.Setting("active", double.NaN);
            return active >= idle ? new BoardPower("user", "figures given", Math.Max(1, (int)spec.Setting("cores", 1)), idle, null, active)
                : throw new EdgeRuntimeException("The sensor 'model': 'active' is missing or less than 'idle'; write 'model,idle=2.7,active=3.5' in watts.", 2);
        }

        string? board = spec.Name ?? BoardPower.Detect(root);
        return board is not null ? BoardPower.Read(board)
            : throw new SensorException("model", "this machine is none of the boards whose power is known", $"Name one ('model:pi4'; known are {string.Join(", ", BoardPower.Known)}), or give figures: 'model,idle=2.7,active=3.5'");
    }
}
