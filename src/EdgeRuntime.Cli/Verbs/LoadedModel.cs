using System.Diagnostics;
using EdgeRuntime.Bundles;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>A model with a session as the common options ask for it.</summary>
internal sealed class LoadedModel : IDisposable
{
    private LoadedModel(EdgeModel model, int threads, long start)
    {
        Model = model;
        try
        {
            Session = model.CreateSession(threads);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        LoadMilliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>The model.</summary>
    public EdgeModel Model { get; }

    /// <summary>Its bundle.</summary>
    public Bundle Bundle => Model.Bundle;

    /// <summary>The session.</summary>
    public Session Session { get; }

    /// <summary>From opening the file to a session that can run.</summary>
    public double LoadMilliseconds { get; }

    /// <summary>Loads a bundle and makes a session with the threads asked for.</summary>
    public static LoadedModel Open(string path, Arguments arguments)
    {
        int threads = CommonOptions.ThreadsOf(arguments);
        long start = Stopwatch.GetTimestamp();
        return new LoadedModel(EdgeModel.Load(path), threads, start);
    }

    /// <summary>Indices of the operating points that the option names; <c>all</c> where the verb allows it.</summary>
    public int[] Points(Arguments arguments, OptionSpec option, bool allByDefault = false)
    {
        string? name = arguments.Value(option) ?? (allByDefault ? "all" : null);
        if (name is null)
        {
            return [0];
        }

        if (name == "all" && option == CommonOptions.Points)
        {
            int[] all = new int[Bundle.Points.Length];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = i;
            }

            return all;
        }

        return [Bundle.FindPoint(name)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        Model.Dispose();
    }
}
