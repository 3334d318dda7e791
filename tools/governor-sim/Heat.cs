namespace GovernorSim;

/// <summary>A board as a lump of heat: it tends to the ambient temperature plus power times resistance.</summary>
internal static class Heat
{
    /// <summary>Kelvin per watt.</summary>
    public const double Resistance = 8;

    /// <summary>Seconds in which it comes 63 % of the way.</summary>
    public const double Seconds = 80;

    /// <summary>Temperature after a while.</summary>
    public static double Next(double celsius, double ambient, double watts, double elapsed)
    {
        double settled = ambient + (watts * Resistance);
        return settled + ((celsius - settled) * Math.Exp(-elapsed / Seconds));
    }

    /// <summary>Power that leads to a temperature after a while.</summary>
    public static double WattsFor(double celsius, double ambient, double wanted, double elapsed)
    {
        double decay = Math.Exp(-elapsed / Seconds);
        return ((((wanted - (celsius * decay)) / (1 - decay)) - ambient) / Resistance);
    }
}
