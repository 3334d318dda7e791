using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeRuntime.Device.Diagnosis;
using EdgeRuntime.Energy.Sensors;
using EdgeRuntime.Tests.Shared.Requirements;
using Xunit;

namespace EdgeRuntime.Tests.Device;

public sealed class BoardProfileFileTests
{
    private static readonly string Folder = Path.Combine(Requirement.Root, "boards");

    public static TheoryData<string> Profiles() => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != "schema")];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Profiles_keep_to_the_schema(string name)
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "schema.json")));
        using JsonDocument profile = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
        Check(schema.RootElement, profile.RootElement, name);
        Assert.Equal(name, profile.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public void Boards_with_a_header_name_its_devices()
    {
        Assert.Equal(["pc", "pi3b+", "pi4", "pi5", "zero2w"], BoardPower.Known);
        Assert.All(BoardPower.Known.Where(n => n != "pc").Select(BoardFacts.Read), board =>
        {
            Assert.StartsWith("pinctrl-", board.GpioLabel, StringComparison.Ordinal);
            Assert.Equal(1, board.I2cBus);
            Assert.NotNull(board.CpuPart);
        });
        Assert.False(BoardFacts.Read("pc").HasHeader);
        Assert.Equal(["pi3b+", "zero2w"], BoardFacts.WithCpu("0xd03").Select(b => b.Name));
    }

    // The part of JSON Schema that ours uses.
    private static void Check(JsonElement schema, JsonElement value, string where)
    {
        string type = schema.GetProperty("type").GetString()!;
        Assert.True(type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "string" => value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => value.ValueKind == JsonValueKind.Number,
        }, $"{where} is no {type}");
        if (schema.TryGetProperty("minimum", out JsonElement minimum))
        {
            Assert.True(value.GetDouble() >= minimum.GetDouble(), where);
        }

        if (schema.TryGetProperty("exclusiveMinimum", out JsonElement above))
        {
            Assert.True(value.GetDouble() > above.GetDouble(), where);
        }

        if (schema.TryGetProperty("pattern", out JsonElement pattern))
        {
            Assert.Matches(new Regex(pattern.GetString()!), value.GetString());
        }

        if (type != "object")
        {
            return;
        }

        foreach (JsonElement required in schema.TryGetProperty("required", out JsonElement names) ? names.EnumerateArray() : [])
        {
            Assert.True(value.TryGetProperty(required.GetString()!, out _), $"{where} lacks {required}");
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            JsonElement inner = schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(member.Name, out JsonElement known) ? known
                : schema.TryGetProperty("additionalProperties", out JsonElement others) && others.ValueKind == JsonValueKind.Object ? others
                : throw new InvalidOperationException($"{where}: the schema does not know '{member.Name}'");
            Check(inner, member.Value, $"{where}.{member.Name}");
        }
    }
}
