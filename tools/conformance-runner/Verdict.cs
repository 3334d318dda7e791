namespace ConformanceRunner;

/// <summary>How a case ended.</summary>
internal enum Outcome
{
    /// <summary>Right answers from the session, inputs fed at run time.</summary>
    Passed,

    /// <summary>Right answers, but only with every input known when packing.</summary>
    Constant,

    /// <summary>The importer or the lowering says clearly that it cannot do this.</summary>
    Refused,

    /// <summary>Wrong answers, a crash, or no end in time.</summary>
    Failed,
}

/// <summary>The result of one case.</summary>
/// <param name="Case">Folder below the archive's root.</param>
/// <param name="Operator">Operator under test, or the case's family where the model has several nodes.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it did not pass; empty where it passed.</param>
internal sealed record Verdict(string Case, string Operator, Outcome Outcome, string Reason);
