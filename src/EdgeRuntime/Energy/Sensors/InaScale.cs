namespace EdgeRuntime.Energy.Sensors;

/// <summary>How a chip of the INA family turns its registers into amperes, from the shunt and the largest current expected.</summary>
/// <param name="Calibration">Value of the calibration register.</param>
/// <param name="CurrentLsb">Amperes of one step of the current register, as the calibration really gives it.</param>
/// <param name="ShuntOhms">Resistance of the shunt.</param>
internal readonly record struct InaScale(ushort Calibration, double CurrentLsb, double ShuntOhms)
{
    /// <summary>Calibration = trunc(factor / (current LSB · shunt)), with the current LSB that the largest current needs (maximum / 2^15).</summary>
    /// <param name="factor">0.04096 (INA219) or 0.00512 (INA226), fixed inside the chip.</param>
    /// <param name="shuntOhms">Resistance of the shunt.</param>
    /// <param name="maximumAmperes">Largest current expected.</param>
    /// <param name="mask">Bits of the calibration register that can be set.</param>
    /// <param name="source">For messages.</param>
    /// <exception cref="SensorException">No calibration value fits.</exception>
    public static InaScale Of(double factor, double shuntOhms, double maximumAmperes, ushort mask, string source)
    {
        double wanted = factor / (maximumAmperes / 32768 * shuntOhms);
        if (!(shuntOhms > 0) || !(maximumAmperes > 0) || !(wanted >= 2) || wanted >= 65536)
        {
            throw new SensorException(source, FormattableString.Invariant($"a shunt of {shuntOhms} ohm and {maximumAmperes} A do not go together (calibration {wanted:0.#}, possible are 2 to 65535)"),
                "Give the resistance printed on the shunt and the largest current to expect: 'shunt=0.1,max=3.2'");
        }

        // A hair more, so that a quotient that is whole on paper is not truncated to one less.
        ushort calibration = (ushort)((int)(wanted * (1 + 1e-12)) & mask);
        return new InaScale(calibration, factor / (calibration * shuntOhms), shuntOhms);
    }
}
