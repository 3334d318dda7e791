namespace EdgeRuntime.Governing;

/// <summary>A stage of a cascade.</summary>
/// <param name="Index">Index of its operating point in the bundle.</param>
/// <param name="Name">Name of the point.</param>
/// <param name="Milliseconds">Planned time of one inference.</param>
/// <param name="Margin">An answer whose margin is below this is asked for again at the next stage; 0 at the last.</param>
/// <param name="RepeatShare">Share of the pictures that went on to the next stage when the thresholds were found.</param>
/// <param name="Quality">Share of right answers of the cascade that ends with this stage.</param>
public sealed record CascadeStage(int Index, string Name, double Milliseconds, double Margin, double RepeatShare, double Quality);
