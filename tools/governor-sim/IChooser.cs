namespace GovernorSim;

/// <summary>Chooses points in a simulated world.</summary>
internal interface IChooser
{
    /// <summary>The choice for a frame.</summary>
    int Choose(in Moment moment);

    /// <summary>The frame is done.</summary>
    /// <param name="moment">As it started.</param>
    /// <param name="milliseconds">Time of its work.</param>
    /// <param name="previous">The frame before; null at the first.</param>
    /// <returns>Least time from its start to the next one's; 0: none.</returns>
    double Done(in Moment moment, double milliseconds, Frame? previous);
}
