using System.Text.Json;

namespace EdgeRuntime.Images;

/// <summary>A JSON value that knows where it stands, so that every complaint names the member.</summary>
internal readonly record struct JsonMember(JsonElement Element, string Source, string Path)
{
    internal string Where => Path.Length == 0 ? Source : $"{Source}, member '{Path}'";

    internal JsonMember? Optional(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            throw Error("an object { } is wanted here", "See the description of the input file");
        }

        return Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new JsonMember(value, Source, Path.Length == 0 ? name : $"{Path}.{name}")
            : null;
    }

    internal JsonMember Required(string name) =>
        Optional(name) ?? throw Error($"the member '{name}' is missing", "Add it");

    internal JsonMember AsObject() =>
        Element.ValueKind == JsonValueKind.Object ? this : throw Error("an object { } is wanted here", "See the description of the input file");

    internal string AsText()
    {
        try
        {
            if (Element.ValueKind == JsonValueKind.String)
            {
                return Element.GetString()!;
            }
        }
        catch (InvalidOperationException)
        {
            // The text holds half of a surrogate pair.
        }

        throw Error("a text is wanted here", "Write it in \"quotes\", as valid Unicode");
    }

    internal string AsWord(params ReadOnlySpan<string> words)
    {
        string word = AsText();
        return words.Contains(word) ? word : throw Error($"'{word}' is not known here", $"Use one of: {string.Join(", ", words.ToArray())}");
    }

    internal int AsInteger(int low, int high)
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) && value >= low && value <= high)
        {
            return value;
        }

        throw Error("this is not a whole number in the range taken", $"Use {low}..{high}");
    }

    internal float AsNumber()
    {
        if (Element.ValueKind == JsonValueKind.Number && Element.TryGetSingle(out float value) && float.IsFinite(value))
        {
            return value;
        }

        throw Error("a number is wanted here", "Write a finite number, without quotes");
    }

    internal JsonMember[] Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Error("a list [ ] is wanted here", "Put the values in square brackets");
        }

        JsonMember[] items = new JsonMember[Element.GetArrayLength()];
        int index = 0;
        foreach (JsonElement item in Element.EnumerateArray())
        {
            items[index] = new JsonMember(item, Source, $"{Path}[{index}]");
            index++;
        }

        return items;
    }

    internal InputException Error(string what, string how) => new(what, Where, how);
}
