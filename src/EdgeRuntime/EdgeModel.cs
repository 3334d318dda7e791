using EdgeRuntime.Bundles;
using EdgeRuntime.Plans;
using EdgeRuntime.Sessions;

namespace EdgeRuntime;

/// <summary>A loaded bundle, ready to make sessions.</summary>
/// <example><code>
/// using EdgeModel model = EdgeModel.Load("model.edge");
/// using Session session = model.CreateSession(threads: 4);
/// session.SetInput(0, pixels);
/// session.Run();
/// session.GetOutput(0, scores);
/// </code></example>
public sealed class EdgeModel : IDisposable
{
    private EdgeModel(Bundle bundle)
    {
        Bundle = bundle;
        try
        {
            Plan = new Plan(bundle);
        }
        finally
        {
            // Everything the plan needs has been read; the file need not stay open.
            bundle.Dispose();
        }
    }

    /// <summary>The bundle's records (its weights are no longer readable).</summary>
    public Bundle Bundle { get; }

    /// <summary>The plan for this CPU.</summary>
    public Plan Plan { get; }

    /// <summary>Loads a bundle file.</summary>
    /// <exception cref="BundleException">The file is missing, damaged, too new, or breaks a rule of the format.</exception>
    public static EdgeModel Load(string path) => new(BundleReader.Open(path));

    /// <summary>Loads a bundle from memory.</summary>
    /// <exception cref="BundleException">See <see cref="Load(string)"/>.</exception>
    public static EdgeModel Load(ReadOnlyMemory<byte> bytes) => new(BundleReader.Read(bytes));

    /// <summary>Plans a bundle that was just built, after checking it. The model owns the bundle from now on.</summary>
    /// <exception cref="BundleException">It breaks a rule of the format.</exception>
    public static EdgeModel Load(Bundle bundle)
    {
        BundleValidator.Validate(bundle);
        return new EdgeModel(bundle);
    }

    /// <summary>Makes a session.</summary>
    /// <param name="threads">Threads, the caller included; 1 to 64.</param>
    public Session CreateSession(int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 64);
        return new Session(Plan, threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Plan.Dispose();
        Bundle.Dispose();
    }
}
