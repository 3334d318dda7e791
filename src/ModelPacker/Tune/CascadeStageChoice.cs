namespace ModelPacker.Tune;

/// <summary>A stage of a calibrated cascade.</summary>
/// <param name="Point">Index of its operating point, as in the calibration's input.</param>
/// <param name="Margin">Answers with a smaller margin are asked for again at the next stage; 0 at the last.</param>
/// <param name="RepeatShare">Share of the pictures that reach this stage and go on.</param>
/// <param name="Accuracy">Share of right answers of the cascade that ends with this stage.</param>
public sealed record CascadeStageChoice(int Point, double Margin, double RepeatShare, double Accuracy);
