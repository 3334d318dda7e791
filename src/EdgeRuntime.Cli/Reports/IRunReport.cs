using EdgeRuntime.Cli.Verbs;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Takes the answers of <c>edgert run</c> one by one.</summary>
internal interface IRunReport : IDisposable
{
    /// <summary>Reports a picture; <paramref name="annotated"/> is the file drawn, if any.</summary>
    void Add(PictureAnswer answer, string? annotated);

    /// <summary>Reports a picture that could not be read, in its place.</summary>
    void AddError(string file, InputException error);

    /// <summary>All pictures have been reported.</summary>
    void Finish();
}
