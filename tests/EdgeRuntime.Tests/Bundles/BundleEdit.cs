using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>Copies a bundle with a part replaced.</summary>
internal static class BundleEdit
{
    public static Bundle With(this Bundle b, Map[]? maps = null, Step[]? steps = null, GatherTable[]? tables = null, Blob[]? blobs = null,
        OperatingPoint[]? points = null, Port[]? inputs = null, Port[]? outputs = null) => new()
        {
            Name = b.Name,
            Producer = b.Producer,
            Maps = maps ?? b.Maps,
            Steps = steps ?? b.Steps,
            Tables = tables ?? b.Tables,
            Blobs = blobs ?? b.Blobs,
            Weights = b.Weights,
            Points = points ?? b.Points,
            Inputs = inputs ?? b.Inputs,
            Outputs = outputs ?? b.Outputs,
            InputSpec = b.InputSpec,
        };

    /// <summary>Replaces one item.</summary>
    public static T[] Replace<T>(this T[] items, int index, Func<T, T> edit)
    {
        T[] copy = [.. items];
        copy[index] = edit(copy[index]);
        return copy;
    }

    /// <summary>Replaces the only step of a kind.</summary>
    public static Bundle Step<T>(this Bundle b, Func<T, Step> edit)
        where T : Step
        => b.With(steps: b.Steps.Replace(Array.FindIndex(b.Steps, s => s is T), s => edit((T)s)));

    /// <summary>Edits the first map that the first step of a kind writes.</summary>
    public static Bundle OutputMap<T>(this Bundle b, Func<Map, Map> edit)
        where T : Step
        => b.With(maps: b.Maps.Replace(b.Steps.First(s => s is T).Output, edit));

    /// <summary>Edits the dense point.</summary>
    public static Bundle Point(this Bundle b, int[]? rows = null, int[][]? tables = null) => b.With(points:
    [
        new OperatingPoint { Name = "dense", Rows = rows ?? b.Points[0].Rows, Tables = tables ?? b.Points[0].Tables },
    ]);

    /// <summary>Adds a section for tools.</summary>
    public static Bundle WithExtra(this Bundle b, BundleExtra extra) => new()
    {
        Name = b.Name,
        Producer = b.Producer,
        Maps = b.Maps,
        Steps = b.Steps,
        Tables = b.Tables,
        Blobs = b.Blobs,
        Weights = b.Weights,
        Points = b.Points,
        Inputs = b.Inputs,
        Outputs = b.Outputs,
        InputSpec = b.InputSpec,
        Extras = [extra],
    };

    /// <summary>Gives the only operating point constants of its own.</summary>
    public static Bundle Constants(this Bundle b, params StepConstants[] constants) => b.With(points:
    [
        new OperatingPoint { Name = "dense", Rows = b.Points[0].Rows, Tables = b.Points[0].Tables, Constants = constants },
    ]);

    /// <summary>Edits the table numbers of the first step of a kind.</summary>
    public static Bundle TablesOf<T>(this Bundle b, params int[] tables)
        where T : Step
        => b.Point(tables: b.Points[0].Tables.Replace(Array.FindIndex(b.Steps, s => s is T), _ => tables));

    /// <summary>Edits the table that the first step of a kind reads through.</summary>
    public static Bundle Table<T>(this Bundle b, Func<GatherTable, GatherTable> edit)
        where T : Step
        => b.With(tables: b.Tables.Replace(b.Points[0].Tables[Array.FindIndex(b.Steps, s => s is T)][0], edit));
}
