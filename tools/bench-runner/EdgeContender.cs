using EdgeRuntime;
using EdgeRuntime.Sessions;

namespace BenchRunner;

/// <summary>A bundle, from filled input rows to output rows.</summary>
internal sealed class EdgeContender : IContender
{
    private readonly EdgeModel _model;
    private readonly Session _session;

    public EdgeContender(string name, string bundle, int threads)
    {
        Name = name;
        _model = EdgeModel.Load(bundle);
        _session = _model.CreateSession(threads);
    }

    public string Name { get; }

    /// <summary>Multiply-accumulates of one run.</summary>
    public double Macs => _session.Macs;

    public void Prepare() => _session.SetGoldenInput();

    public void Run() => _session.Run();

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
