namespace ModelPacker.Calibrate;

/// <summary>How an activation range is chosen from what the calibration pictures showed.</summary>
public enum CalibrationMethod
{
    /// <summary>Smallest expected squared error of rounding and clipping together.</summary>
    Mse,

    /// <summary>Everything seen.</summary>
    MinMax,

    /// <summary>All but 0.005 % of the values at each end.</summary>
    Percentile,
}
