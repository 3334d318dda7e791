using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Tests.Energy;

/// <summary>A register file instead of a chip.</summary>
internal sealed class FakeRegisters : IRegisterBus
{
    private readonly Dictionary<byte, ushort> _values = [];

    public string Name => "1-0040";

    /// <summary>Whether the chip answers.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Called after a register was read.</summary>
    public Action<byte>? AfterRead { get; set; }

    public ushort this[byte register]
    {
        get => _values.GetValueOrDefault(register);
        set => _values[register] = value;
    }

    public ushort Read(byte register)
    {
        ThrowIfSilent();
        ushort value = this[register];
        AfterRead?.Invoke(register);
        return value;
    }

    public void Write(byte register, ushort value)
    {
        ThrowIfSilent();
        this[register] = value;
    }

    public void Dispose()
    {
    }

    private void ThrowIfSilent()
    {
        if (IsSilent)
        {
            throw new SensorException("fake", "no answer", "None");
        }
    }
}
