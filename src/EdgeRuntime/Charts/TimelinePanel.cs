namespace EdgeRuntime.Charts;

/// <summary>One strip of a timeline: lines, limits and named states over the common time.</summary>
/// <param name="title">What it shows.</param>
/// <param name="unit">Unit of its values.</param>
public sealed class TimelinePanel(string title, string unit)
{
    /// <summary>What it shows.</summary>
    public string Title => title;

    /// <summary>Unit of its values.</summary>
    public string Unit => unit;

    /// <summary>Lines; NaN breaks one.</summary>
    public List<(string Name, string Color, List<(double Seconds, double Value)> Points, bool IsSteps)> Lines { get; } = [];

    /// <summary>Horizontal limits.</summary>
    public List<(string Name, List<(double Seconds, double Value)> Points)> Limits { get; } = [];

    /// <summary>Stretches of time with a colour and a text.</summary>
    public List<(double From, double To, string Color, string Text)> Bands { get; } = [];

    /// <summary>Names of the values 0, 1, 2 … where the panel shows states instead of numbers.</summary>
    public string[]? States { get; init; }

    /// <summary>Whether zero must be on the axis.</summary>
    public bool FromZero { get; init; }
}
