using System.Globalization;

namespace EdgeRuntime.Device;

/// <summary>A cap on power that holds from a time on.</summary>
/// <param name="Watts">The cap.</param>
/// <param name="Seconds">Seconds after the first frame.</param>
public readonly record struct PowerCap(double Watts, double Seconds)
{
    /// <summary>Reads <c>WATTS[,WATTS@SECONDS…]</c>.</summary>
    /// <exception cref="EdgeRuntimeException">It is none (exit code 2).</exception>
    public static PowerCap[] Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(',');
        PowerCap[] caps = new PowerCap[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] pair = parts[i].Split('@');
            double seconds = 0;
            if (!Number(pair[0], out double watts) || pair.Length != (i == 0 ? 1 : 2) || (i > 0 && !(Number(pair[1], out seconds) && seconds > caps[i - 1].Seconds)))
            {
                throw new EdgeRuntimeException($"'--max-watts' is '{text}'. Give watts, for example 4, or 4,3@60 to lower them to 3 after 60 seconds; times must rise.", 2);
            }

            caps[i] = new PowerCap(watts, seconds);
        }

        return caps;
    }

    private static bool Number(string text, out double value)
        => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
}
