using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeRuntime.Images;

namespace EdgeRuntime.Device;

/// <summary>Class names as JSON text, each encoded once.</summary>
public sealed class ClassLabels
{
    private readonly InputSpec _spec;
    private readonly Dictionary<int, JsonEncodedText> _encoded = [];

    /// <summary>Encodes the names that are known.</summary>
    public ClassLabels(InputSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        for (int i = 0; i < spec.Labels.Count; i++)
        {
            _encoded[i] = JsonEncodedText.Encode(spec.Labels[i], JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        }
    }

    /// <summary>Name of a class.</summary>
    public JsonEncodedText this[int index]
    {
        get
        {
            if (!_encoded.TryGetValue(index, out JsonEncodedText text))
            {
                text = JsonEncodedText.Encode(_spec.LabelOf(index), JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
                _encoded[index] = text;
            }

            return text;
        }
    }
}
