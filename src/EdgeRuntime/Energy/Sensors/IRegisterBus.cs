namespace EdgeRuntime.Energy.Sensors;

/// <summary>A chip with 16-bit registers, as the INA family is: big-endian on the wire, host order here.</summary>
public interface IRegisterBus : IDisposable
{
    /// <summary>Bus and address, for example <c>1-0040</c>.</summary>
    string Name { get; }

    /// <summary>Reads a register.</summary>
    /// <exception cref="SensorException">The chip does not answer.</exception>
    ushort Read(byte register);

    /// <summary>Writes a register.</summary>
    /// <exception cref="SensorException">The chip does not answer.</exception>
    void Write(byte register, ushort value);
}
