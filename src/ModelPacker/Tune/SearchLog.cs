using System.Globalization;
using System.Text;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>What a search has measured, as lines of text beside the bundle: an interrupted search goes on from there.</summary>
public sealed class SearchLog : IDisposable
{
    private readonly Dictionary<string, (double Loss, double? Top1, double Reported)> _measured = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly StreamWriter? _file;
    private readonly Lock _sync = new();

    private SearchLog(StreamWriter? file) => _file = file;

    /// <summary>Measurements found in the file.</summary>
    public int Resumed { get; private set; }

    /// <summary>A log that is kept in memory only.</summary>
    public static SearchLog InMemory() => new(null);

    /// <summary>Opens the log.</summary>
    /// <param name="path">File.</param>
    /// <param name="header">What the search depends on; a log with another one is not used.</param>
    /// <param name="resume">Go on from what is there; else start anew.</param>
    /// <exception cref="EdgeRuntimeException">Not writable, or made by another search.</exception>
    public static SearchLog Open(string path, string header, bool resume)
    {
        try
        {
            string[] lines = resume && File.Exists(path) ? File.ReadAllLines(path) : [];
            if (lines.Length == 1 && header.StartsWith(lines[0], StringComparison.Ordinal))
            {
                // Interrupted before anything was measured, perhaps in the middle of the header.
                lines = [];
            }

            if (lines.Length > 0 && lines[0] != header)
            {
                throw new EdgeRuntimeException($"'{path}' belongs to a search with other options or data. Repeat the command of that search, or leave '--resume' out to start anew.", 2);
            }

            SearchLog log = new(new StreamWriter(path, append: lines.Length > 0, new UTF8Encoding(false)) { AutoFlush = true });
            if (lines.Length == 0)
            {
                log._file!.WriteLine(header);
            }

            // A line that an interruption cut short has no full stop at its end.
            foreach (string[] fields in lines.Skip(1).Select(l => l.Split('\t')).Where(f => f.Length == 4 && f[3] == "."))
            {
                string[] numbers = fields[2].Split(';');
                if (fields[0] == "loss" && numbers.Length == 3 && double.TryParse(numbers[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double loss)
                    && double.TryParse(numbers[2], NumberStyles.Float, CultureInfo.InvariantCulture, out double reported))
                {
                    log._measured[fields[1]] = (loss, double.TryParse(numbers[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double top1) ? top1 : null, reported);
                    log.Resumed++;
                }
                else if (fields[0] == "fact")
                {
                    log._facts[fields[1]] = fields[2];
                }
            }

            if (lines.Length > 0)
            {
                // Whatever was cut short ends here.
                log._file!.WriteLine();
            }

            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write the search's log '{path}': {e.Message} Choose another place with '-o'.", 2, e);
        }
    }

    /// <summary>Names choices.</summary>
    public static string Key(IReadOnlyList<MaskChoice> choices)
        => string.Join(' ', choices.Select((c, i) => (c, i)).Where(p => p.c.Rung > 0).Select(p => $"{p.i}:{p.c.Rung}{Letter(p.c.Kind)}{p.c.Draw}{(p.c.Wide ? "w" : "")}"));

    // 'I' is taken by the kind that it is a variant of.
    private static char Letter(MaskKind kind) => kind == MaskKind.IterativeImpact ? 'N' : kind.ToString()[0];

    /// <summary>What was measured before, or null.</summary>
    public (double Loss, double? Top1, double Reported)? Find(string key)
    {
        lock (_sync)
        {
            return _measured.TryGetValue(key, out (double, double?, double) known) ? known : null;
        }
    }

    /// <summary>Keeps a measurement.</summary>
    /// <param name="key">Names the network.</param>
    /// <param name="loss">What the search minimises.</param>
    /// <param name="top1">Per cent, or null.</param>
    /// <param name="reported">What is reported of it.</param>
    public void Add(string key, double loss, double? top1, double reported)
    {
        lock (_sync)
        {
            _measured[key] = (loss, top1, reported);
            _file?.WriteLine(FormattableString.Invariant($"loss\t{key}\t{loss:R};{top1:R};{reported:R}\t."));
        }
    }

    /// <summary>A fact noted before, or null.</summary>
    public string? Recall(string name) => _facts.GetValueOrDefault(name);

    /// <summary>Notes a fact (timings), so that a resumed search decides as it would have.</summary>
    public void Note(string name, string value)
    {
        lock (_sync)
        {
            _facts[name] = value;
            _file?.WriteLine($"fact\t{name}\t{value}\t.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
