using System.Buffers.Binary;
using System.Device.I2c;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>Registers of a chip behind <c>/dev/i2c-N</c>.</summary>
public sealed class I2cRegisterBus : IRegisterBus
{
    private readonly I2cDevice _device;

    /// <summary>Opens a chip.</summary>
    /// <param name="bus">Number N of <c>/dev/i2c-N</c>.</param>
    /// <param name="address">Seven-bit address.</param>
    /// <exception cref="SensorException">No such bus, or it may not be opened.</exception>
    public I2cRegisterBus(int bus, int address)
    {
        Name = FormattableString.Invariant($"{bus}-{address:x4}");
        string path = $"/dev/i2c-{bus}";
        if (!File.Exists(path))
        {
            throw new SensorException($"I2C sensor {Name}", $"there is no {path}", "On a Raspberry Pi, 'sudo raspi-config nonint do_i2c 0' switches the bus on; 'ls /dev/i2c-*' shows those that are there");
        }

        try
        {
            // The library opens the file at the first transfer and does not say why it could not.
            using (File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
            }

            _device = I2cDevice.Create(new I2cConnectionSettings(bus, address));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SensorException($"I2C sensor {Name}", $"{path} may not be opened", "Add the user to the group i2c ('sudo usermod -aG i2c $USER') and log in again", e);
        }
        catch (IOException e)
        {
            throw Failure(e);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ushort Read(byte register)
    {
        Span<byte> value = stackalloc byte[2];
        try
        {
            _device.WriteRead([register], value);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw Failure(e);
        }

        return BinaryPrimitives.ReadUInt16BigEndian(value);
    }

    /// <inheritdoc/>
    public void Write(byte register, ushort value)
    {
        Span<byte> message = [register, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(message[1..], value);
        try
        {
            _device.Write(message);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            throw Failure(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();

    private SensorException Failure(Exception e)
        => new($"I2C sensor {Name}", $"the chip does not answer ({e.Message.TrimEnd('.')})", "Check its wiring, its supply and its address ('i2cdetect -y BUS')", e);
}
