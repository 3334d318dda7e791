using EdgeRuntime.Cli.Verbs;

namespace EdgeRuntime.Cli;

/// <summary>The verbs, in the order of the help text.</summary>
internal static class VerbList
{
    public static readonly IVerb[] All =
    [
        new RunVerb(),
        new WatchVerb(),
        new BenchVerb(),
        new ProfileVerb(),
        new InspectVerb(),
        new VerifyVerb(),
        new KernelsVerb(),
        new DoctorVerb(),
        new PowerVerb(),
        new EnergyVerb(),
    ];
}
