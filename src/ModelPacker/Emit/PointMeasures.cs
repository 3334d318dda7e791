using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;

namespace ModelPacker.Emit;

/// <summary>Fills in what can be known of operating points without pictures: golden hash, multiplications, memory.</summary>
public static class PointMeasures
{
    /// <summary>Runs every point once.</summary>
    /// <param name="model">The network; the points of its bundle are written to.</param>
    public static void Record(EdgeModel model)
    {
        using Session session = model.CreateSession();
        for (int i = 0; i < model.Bundle.Points.Length; i++)
        {
            OperatingPoint point = model.Bundle.Points[i];
            session.Point = i;
            session.SetGoldenInput();
            session.Run();
            point.GoldenHash = session.HashOutputs();
            point.Figures["macs"] = session.Macs;
            point.Figures["peak_bytes"] = model.Plan.WeightBytes + model.Plan.TableBytes + model.Plan.Layouts[i].Bytes;
        }
    }
}
