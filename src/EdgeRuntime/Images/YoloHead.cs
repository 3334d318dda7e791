namespace EdgeRuntime.Images;

/// <summary>One raw YOLO output: [1, anchors × (5 + classes), Rows, Columns].</summary>
/// <param name="Name">The output's name.</param>
/// <param name="Columns">Cells per row.</param>
/// <param name="Rows">Rows of cells.</param>
/// <param name="Anchors">Width and height of each anchor, in pixels of the model's input.</param>
public sealed record YoloHead(string Name, int Columns, int Rows, IReadOnlyList<(float Width, float Height)> Anchors);
