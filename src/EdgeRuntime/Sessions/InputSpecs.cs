using EdgeRuntime.Bundles;
using EdgeRuntime.Images;

namespace EdgeRuntime.Sessions;

/// <summary>Takes the input specification out of a bundle.</summary>
public static class InputSpecs
{
    /// <summary>The specification.</summary>
    /// <exception cref="BundleException">There is none, or it breaks its rules.</exception>
    public static InputSpec Of(Bundle bundle)
    {
        if (bundle.InputSpec.Length == 0)
        {
            throw new BundleException($"The bundle '{bundle.Name}' does not say how pictures are to be prepared. Pack the model with an input specification (MODEL.json beside MODEL.onnx).");
        }

        try
        {
            return InputSpec.Parse(bundle.InputSpec, "input specification of the bundle");
        }
        catch (InputException e)
        {
            throw new BundleException($"The input specification in the bundle cannot be used: {e.Message}", e);
        }
    }
}
