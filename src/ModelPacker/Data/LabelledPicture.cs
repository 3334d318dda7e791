using EdgeRuntime.Images;

namespace ModelPacker.Data;

/// <summary>A picture of a data set, decoded when asked for.</summary>
/// <param name="Name">Path inside the data set.</param>
/// <param name="Label">Class index, or -1 where the set has no labels.</param>
/// <param name="Read">Decodes it.</param>
public sealed record LabelledPicture(string Name, int Label, Func<Picture> Read);
