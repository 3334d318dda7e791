namespace GovernorSim;

/// <summary>Finds the prices at which the oracle just meets the goals about means.</summary>
internal static class Oracle
{
    private const int Steps = 26;
    private const double Lowest = 1e-6;
    private const double Highest = 1;

    /// <summary>The oracle's run.</summary>
    public static List<Frame> Run(World world)
    {
        double[] prices = new double[world.Trace.Goals.Length];
        for (int phase = 0; phase < prices.Length; phase++)
        {
            Tune(world, prices, phase);
        }

        return Simulation.Run(world, new OracleChooser(world, prices));
    }

    private static void Tune(World world, double[] prices, int phase)
    {
        if (world.Trace.IsUnreachable)
        {
            // Where nothing is cheap enough, as many frames as possible come before good answers, as for the governor.
            prices[phase] = Highest;
            return;
        }

        if (Met(world, prices, phase, 0))
        {
            return;
        }

        double low = Math.Log(Lowest);
        double high = Math.Log(Highest);
        for (int i = 0; i < Steps; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Met(world, prices, phase, Math.Exp(middle)) ? (low, middle) : (middle, high);
        }

        prices[phase] = Math.Exp(high);
    }

    private static bool Met(World world, double[] prices, int phase, double price)
    {
        prices[phase] = price;
        List<Frame> frames = Simulation.Run(world, new OracleChooser(world, prices));
        return Measure.MeanRatio(world.Trace, frames, phase) <= 1;
    }
}
