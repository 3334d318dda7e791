namespace EdgeRuntime.Device.Diagnosis;

/// <summary>Looks at the machine and says what is missing for cameras, triggers, sensors and speed, and how to mend it.</summary>
public static class Doctor
{
    /// <summary>Runs all checks, in the order in which people should read them.</summary>
    /// <param name="tree">The machine.</param>
    /// <param name="board">The board, if it is a known one.</param>
    public static List<Finding> Examine(SystemTree tree, BoardFacts? board)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return
        [
            BoardChecks.Model(tree, board),
            BoardChecks.Processor(tree),
            BoardChecks.Kernel(tree),
            BoardChecks.Memory(tree),
            HealthChecks.Supply(tree, board),
            HealthChecks.Temperature(tree),
            HealthChecks.Governor(tree),
            DeviceChecks.Gpio(tree, board),
            DeviceChecks.Libgpiod(tree),
            DeviceChecks.I2c(tree, board),
            CameraChecks.Stack(tree, board),
            CameraChecks.Video(tree),
            DeviceChecks.PowerSensor(tree, board),
            .. GroupChecks.All(tree),
        ];
    }
}
