using System.Text.Json;

namespace EndToEnd.Tests.Support;

/// <summary>What a program left behind.</summary>
/// <param name="Code">Exit code.</param>
/// <param name="Data">stdout.</param>
/// <param name="Messages">stderr.</param>
internal sealed record Outcome(int Code, string Data, string Messages)
{
    /// <summary>The one document on stdout of a program that ended well; its schema is checked.</summary>
    public JsonElement Json(string schema)
    {
        Assert.True(Code == 0, $"exit code {Code}: {Messages}");
        return Document(schema);
    }

    /// <summary>The same whatever the exit code is.</summary>
    public JsonElement Document(string schema)
    {
        JsonElement root = JsonDocument.Parse(Data).RootElement;
        Assert.Equal(schema, root.GetProperty("schema").GetString());
        Assert.Equal(1, root.GetProperty("version").GetInt32());
        return root;
    }

    /// <summary>Asserts an error as the contract has it: the code, one line of "error: …" on stderr (warnings may precede it), the text, and no data.</summary>
    public void IsError(int code, string text)
    {
        Assert.True(Code == code, $"exit code {Code} instead of {code}: {Messages}{Data}");
        Assert.Single(Messages.Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.Contains(text, Messages, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", Messages, StringComparison.Ordinal);
        Assert.Empty(Data);
    }
}
