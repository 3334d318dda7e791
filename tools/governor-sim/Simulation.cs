namespace GovernorSim;

/// <summary>Runs a chooser through a world.</summary>
internal static class Simulation
{
    /// <summary>All frames of the run, or until the battery is empty.</summary>
    public static List<Frame> Run(World world, IChooser chooser)
    {
        Trace trace = world.Trace;
        List<Frame> frames = [];
        double celsius = trace.Ambient.At(0) + (trace.IdleWatts * Heat.Resistance);
        Moment moment = new(0, 0, celsius, trace.BatteryJoules, trace.IdleWatts);
        while (moment.Start < trace.Seconds && (trace.BatteryJoules <= 0 || moment.BatteryJoules > 0))
        {
            int choice = chooser.Choose(moment);
            double milliseconds = world.Milliseconds(moment.Number, moment.Start, choice);
            double end = moment.Start + (milliseconds * 1e-3);
            double pause = chooser.Done(moment, milliseconds, frames.Count > 0 ? frames[^1] : null);
            double span = world.NextStart(moment.Start, end, pause) - moment.Start;
            Frame frame = Of(trace, moment, choice, milliseconds, span);
            frames.Add(frame);
            moment = new Moment(moment.Number + 1, moment.Start + span, frame.Celsius, frame.BatteryJoules, SecondWatts(moment, frame.Watts, span));
        }

        return frames;
    }

    /// <summary>A frame that runs a choice at a moment.</summary>
    public static Frame Of(Trace trace, in Moment moment, int choice, double milliseconds, double span)
    {
        double extra = trace.ExtraWatts.At(moment.Start);
        double watts = trace.IdleWatts + (extra * Math.Min(milliseconds * 1e-3 / span, 1));
        return new Frame(moment.Start, choice, milliseconds, span, watts, (trace.IdleWatts + extra) * milliseconds * 1e-3,
            Heat.Next(moment.Celsius, trace.Ambient.At(moment.Start), watts, span), moment.BatteryJoules - (watts * span));
    }

    /// <summary>Mean power of about the last second.</summary>
    public static double SecondWatts(in Moment moment, double watts, double span) => watts + ((moment.SecondWatts - watts) * Math.Exp(-span));
}
