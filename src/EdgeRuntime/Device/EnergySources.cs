using EdgeRuntime.Energy;

namespace EdgeRuntime.Device;

/// <summary>Where the policy's figures come from, and where they are written. Everything may be absent.</summary>
/// <param name="Meter">Power.</param>
/// <param name="Health">Battery, temperature, throttle flags.</param>
/// <param name="Log">Energy log.</param>
/// <param name="IdleWatts">What the idle board draws; null if unknown.</param>
/// <param name="ActiveWatts">What it draws while it infers, by a model; null if unknown.</param>
public sealed record EnergySources(EnergyMeter? Meter = null, HealthSampler? Health = null, EnergyLogQueue? Log = null, double? IdleWatts = null, double? ActiveWatts = null);
