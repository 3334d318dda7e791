using System.Collections.Concurrent;
using EdgeRuntime.Tests.Shared.Requirements;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests;

/// <summary>Int8 bundles of trained networks compute the very same bits on every CPU.</summary>
public sealed class ModelParityTests
{
    private static readonly ConcurrentDictionary<string, Lazy<(string Golden, string Photograph)>> Here = new();

    public static TheoryData<string> Models() => [.. Names()];

    public static TheoryData<string, string> ModelsOnCores()
    {
        TheoryData<string, string> rows = [];
        foreach (string name in Names())
        {
            foreach (string core in Machine.ArmCores)
            {
                rows.Add(name, core);
            }
        }

        return rows;
    }

    [TheoryWith(Need.Programs, Need.SharedFiles)]
    [MemberData(nameof(Models))]
    public void VerifiesHere(string model) => Assert.NotEqual(HashesHere(model).Golden, HashesHere(model).Photograph);

    [TheoryWith(Need.Programs, Need.SharedFiles, Need.Arm)]
    [MemberData(nameof(ModelsOnCores))]
    public void HashesAreEqualOnArm(string model, string core)
        => Assert.Equal(HashesHere(model), Answers.Hashes(Machine.Arm(core), Workshop.Int8Bundle(model), Workshop.Photograph(model)));

    private static (string Golden, string Photograph) HashesHere(string model)
        => Here.GetOrAdd(model, name => new(() => Answers.Hashes(Machine.Native, Workshop.Int8Bundle(name), Workshop.Photograph(name)))).Value;

    private static IEnumerable<string> Names()
        => Requirement.Shared is null ? [] : Directory.EnumerateFiles(Path.Combine(Requirement.Shared, "models"), "*.onnx").Order(StringComparer.Ordinal)
            .Select(f => Path.GetFileNameWithoutExtension(f)!);
}
