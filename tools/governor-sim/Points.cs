using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>The operating points of the simulations: figures like those of a perforated network of the size of SqueezeNet.</summary>
internal static class Points
{
    /// <summary>Cost and share of right answers, the cheapest first.</summary>
    public static readonly OperatingChoice[] Choices =
    [
        new(4, "4x", 15, 0.812, null),
        new(3, "3x", 20, 0.848, null),
        new(2, "2x", 30, 0.876, null),
        new(1, "1.5x", 40, 0.889, null),
        new(0, "dense", 60, 0.897, null),
    ];
}
