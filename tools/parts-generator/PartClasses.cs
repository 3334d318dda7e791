using PartsGenerator.Parts;

namespace PartsGenerator;

/// <summary>The classes, sorted by name: the order of the model's outputs.</summary>
internal static class PartClasses
{
    internal static readonly string[] Names = ["bearing", "bolt", "bracket", "gear", "nut", "screw", "spring", "washer"];

    internal static Part Create(int index, Dice dice) => index switch
    {
        0 => new Bearing(dice),
        1 => new Bolt(dice),
        2 => new Bracket(dice),
        3 => new Gear(dice),
        4 => new Nut(dice),
        5 => new Screw(dice),
        6 => new Spring(dice),
        7 => new Washer(dice),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };
}
