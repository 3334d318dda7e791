namespace BenchRunner;

/// <summary>One engine with one model, ready to run.</summary>
internal interface IContender : IDisposable
{
    /// <summary>Name in reports.</summary>
    string Name { get; }

    /// <summary>Untimed work before each run.</summary>
    void Prepare();

    /// <summary>One inference.</summary>
    void Run();
}
