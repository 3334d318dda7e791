namespace EdgeRuntime.Images;

/// <summary>How a picture is fitted to the model's input size.</summary>
public enum ResizeMode
{
    /// <summary>Both sides are scaled freely; the shape of things changes.</summary>
    Stretch,

    /// <summary>Scaled until the input is just covered, then the centre is taken.</summary>
    ShorterSideCrop,
}
