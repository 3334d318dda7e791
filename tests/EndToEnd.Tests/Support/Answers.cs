using System.Text.Json;

namespace EndToEnd.Tests.Support;

/// <summary>What edgert answers for a bundle.</summary>
internal static class Answers
{
    /// <summary>Hashes of the outputs for the bundle's own input, which must be the one that the packer recorded, and for a picture.</summary>
    public static (string Golden, string Picture) Hashes(Machine machine, string bundle, string picture)
    {
        JsonElement point = Programs.Edgert(machine, "verify", bundle, "--json").Json("edgert.verify").GetProperty("points")[0];
        Assert.Equal("ok", point.GetProperty("outcome").GetString());
        return (point.GetProperty("hash").GetString()!, Hash(machine, [], bundle, picture));
    }

    /// <summary>Hash of the outputs for a picture.</summary>
    public static string Hash(Machine machine, (string Name, string Value)[] environment, string bundle, string picture, params string[] options)
        => Image(machine, environment, bundle, picture, options).GetProperty("output_hash").GetString()!;

    /// <summary>The answer to one picture.</summary>
    public static JsonElement Image(Machine machine, (string Name, string Value)[] environment, string bundle, string picture, params string[] options)
        => Programs.Run([.. machine.Command, "run", bundle, picture, .. options, "--json"], environment).Json("edgert.run").GetProperty("images")[0];
}
