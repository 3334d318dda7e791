using System.Globalization;
using System.Text.Json;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>Recorded power over time: straight lines between points.</summary>
/// <remarks>
/// Files are CSV (<c>seconds,watts</c>, further columns ignored, a heading allowed) or JSON lines with members <c>t</c> and <c>watts</c>; an energy log is
/// one, and its other records are skipped. Times rise; the first counts as 0.
/// </remarks>
public sealed class PowerTrace
{
    private readonly double[] _seconds;
    private readonly double[] _watts;
    private readonly double[] _joules;

    private PowerTrace(List<(double Seconds, double Watts)> points)
    {
        _seconds = [.. points.ConvertAll(p => p.Seconds - points[0].Seconds)];
        _watts = [.. points.ConvertAll(p => p.Watts)];
        _joules = new double[_seconds.Length];
        for (int i = 1; i < _joules.Length; i++)
        {
            _joules[i] = _joules[i - 1] + ((_watts[i] + _watts[i - 1]) / 2 * (_seconds[i] - _seconds[i - 1]));
        }
    }

    /// <summary>Seconds from the first point to the last.</summary>
    public double Seconds => _seconds[^1];

    /// <summary>Reads a file.</summary>
    /// <exception cref="SensorException">It cannot be read, or is no trace.</exception>
    public static PowerTrace Load(string path)
    {
        try
        {
            return Parse(File.ReadLines(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException(path, $"the trace cannot be read ({e.Message.TrimEnd('.')})", "Check the path", e);
        }
    }

    /// <summary>Reads lines.</summary>
    /// <exception cref="SensorException">They are no trace; the message names the line.</exception>
    public static PowerTrace Parse(IEnumerable<string> lines, string source)
    {
        ArgumentNullException.ThrowIfNull(lines);
        List<(double Seconds, double Watts)> points = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
            {
                continue;
            }

            (double Seconds, double Watts)? point = line.TrimStart().StartsWith('{') ? OfJson(line) : OfCsv(line);
            if (point is null)
            {
                // A heading, or a record of another kind.
                if (line.TrimStart().StartsWith('{') || points.Count == 0)
                {
                    continue;
                }

                throw Bad(source, number, "two numbers are wanted, seconds and watts");
            }

            if (!double.IsFinite(point.Value.Seconds) || !double.IsFinite(point.Value.Watts) || Math.Abs(point.Value.Watts) > 1e6)
            {
                throw Bad(source, number, "the numbers are out of any sensible range");
            }

            if (points.Count > 0 && point.Value.Seconds <= points[^1].Seconds)
            {
                throw Bad(source, number, "time does not rise");
            }

            points.Add(point.Value);
        }

        return points.Count >= 2 ? new PowerTrace(points) : throw new SensorException(source, "a trace needs at least two points", "Write one 'seconds,watts' a line");
    }

    /// <summary>Energy from the start to a time; the trace begins again behind its end.</summary>
    public double JoulesAt(double seconds)
    {
        double rounds = Math.Floor(seconds / Seconds);
        double within = seconds - (rounds * Seconds);
        int at = Segment(within);
        double past = within - _seconds[at];
        double slope = (_watts[at + 1] - _watts[at]) / (_seconds[at + 1] - _seconds[at]);
        return (rounds * _joules[^1]) + _joules[at] + (past * (_watts[at] + (slope * past / 2)));
    }

    private int Segment(double within)
    {
        int found = Array.BinarySearch(_seconds, within);
        return Math.Clamp(found >= 0 ? found : ~found - 1, 0, _seconds.Length - 2);
    }

    private static (double Seconds, double Watts)? OfCsv(string line)
    {
        string[] cells = line.Split([',', ';', '\t'], StringSplitOptions.TrimEntries);
        return cells.Length >= 2 && double.TryParse(cells[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double watts) ? (seconds, watts) : null;
    }

    private static (double Seconds, double Watts)? OfJson(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("t", out JsonElement t) && document.RootElement.TryGetProperty("watts", out JsonElement watts)
                && t.TryGetDouble(out double seconds) && watts.TryGetDouble(out double value) ? (seconds, value) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SensorException Bad(string source, int line, string what) => new($"{source}, line {line}", what, "Write 'seconds,watts', or JSON lines with the members t and watts");
}
