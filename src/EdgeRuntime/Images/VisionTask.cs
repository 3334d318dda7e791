namespace EdgeRuntime.Images;

/// <summary>What a model's outputs mean.</summary>
public enum VisionTask
{
    /// <summary>One vector of scores, one per class.</summary>
    Classification,

    /// <summary>Boxes with a class and a score; see <see cref="InputSpec.Detector"/>.</summary>
    Detection,

    /// <summary>Anything else: outputs are handed out as numbers.</summary>
    Other,
}
