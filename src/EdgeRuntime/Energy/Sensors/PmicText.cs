using System.Globalization;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>The text of <c>vcgencmd pmic_read_adc</c>: lines such as <c>VDD_CORE_A current(7)=0.61234000A</c> and <c>VDD_CORE_V volt(15)=0.72098800V</c>.</summary>
public static class PmicText
{
    // A fit of the sum over the rails against a meter at the socket, published by users of the board: the converters' losses and what no rail feeds.
    private const double LossFactor = 1.1451;
    private const double FixedWatts = 0.5879;

    /// <summary>Watts of all rails that have both a current and a voltage.</summary>
    /// <exception cref="SensorException">No such rail.</exception>
    public static double RailWatts(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, double> amperes = new(StringComparer.Ordinal);
        Dictionary<string, double> volts = new(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            ReadOnlySpan<char> trimmed = line.AsSpan().Trim();
            int space = trimmed.IndexOf(' ');
            int equals = trimmed.IndexOf('=');
            if (space > 2 && equals > space && equals + 2 <= trimmed.Length
                && double.TryParse(trimmed[(equals + 1)..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
            {
                ReadOnlySpan<char> name = trimmed[..space];
                (name.EndsWith("_A", StringComparison.Ordinal) ? amperes : volts)[name[..^2].ToString()] = value;
            }
        }

        double watts = 0;
        int rails = 0;
        foreach ((string rail, double current) in amperes)
        {
            if (volts.TryGetValue(rail, out double voltage))
            {
                watts += current * voltage;
                rails++;
            }
        }

        return rails > 0 ? watts
            : throw new SensorException("pmic", "the answer of 'vcgencmd pmic_read_adc' names no rail with current and voltage", "Only the Raspberry Pi 5 and its kin have this converter; use another sensor");
    }

    /// <summary>Watts at the board's input, estimated from those of the rails.</summary>
    public static double InputWatts(double railWatts) => (LossFactor * railWatts) + FixedWatts;
}
