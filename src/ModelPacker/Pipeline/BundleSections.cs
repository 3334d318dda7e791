using EdgeRuntime.Bundles;
using ModelPacker.Perforate;
using ModelPacker.Report;

namespace ModelPacker.Pipeline;

/// <summary>Sections for tools, which reading a bundle leaves behind.</summary>
internal static class BundleSections
{
    private static readonly string[] Names = [PerforationSection.Name, SearchTrace.Name];

    /// <summary>Those that a bundle's file has, to be written again with a changed bundle.</summary>
    public static IEnumerable<BundleExtra> Carried(string path)
        => Names.Select(n => (Name: n, Bytes: BundleReader.ReadExtra(path, n))).Where(e => e.Bytes is not null).Select(e => new BundleExtra(e.Name, e.Bytes!));
}
