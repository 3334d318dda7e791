using System.Collections.Concurrent;
using System.Formats.Tar;
using EdgeRuntime.Tests.Shared.Requirements;

namespace EndToEnd.Tests.Support;

/// <summary>Things that several tests use and that take long to make: each is made once, on first use, in a folder that goes when the tests end.</summary>
internal static class Workshop
{
    private const string Cifar = "cifar10-train.tar";

    private static readonly ConcurrentDictionary<string, Lazy<string>> Made = new();

    static Workshop() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);

    /// <summary>The folder.</summary>
    public static string Folder { get; } = Directory.CreateTempSubdirectory("edgert-end-to-end-").FullName;

    /// <summary>The repository's own model.</summary>
    public static string DemoModel => Path.Combine(Requirement.Root, "tools", "demo-model", "conveyor.onnx");

    /// <summary>The demo model in int8, calibrated on pictures of its own.</summary>
    public static string DemoBundle => Once("conveyor.edge", path => Pack(path, DemoModel, "--calibration", PartPictures(200, 11)));

    /// <summary>One picture for the demo model.</summary>
    public static string PartPicture => Directory.EnumerateFiles(PartPictures(80, 13), "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    /// <summary>800 labelled pictures that the demo model has not seen: it was trained and tested on those of the seeds 1001 to 1003.</summary>
    public static string ManyPartPictures => PartPictures(800, 9001);

    /// <summary>A folder of labelled pictures for the demo model: one sub-folder per class, and labels.csv.</summary>
    public static string PartPictures(int count, int seed)
        => Once($"parts-{count}-{seed}", path => Programs.PartsGenerator("--out", path, "--count", $"{count}", "--seed", $"{seed}"));

    /// <summary>The path of one of the trained models beside the repository.</summary>
    public static string SharedModel(string name) => Requirement.SharedFile("models", name + ".onnx");

    /// <summary>A trained model in int8.</summary>
    /// <param name="name">Its file name without ending.</param>
    /// <param name="limit">Calibration pictures: few do where only equality counts, not accuracy.</param>
    public static string Int8Bundle(string name, int limit = 16)
        => Once($"{name}.{limit}.edge", path => Pack(path, SharedModel(name), "--calibration", Calibration(name), "--limit", $"{limit}"));

    /// <summary>A trained model in fp32.</summary>
    public static string Fp32Bundle(string name) => Once($"{name}.fp32.edge", path => Pack(path, SharedModel(name), "--precision", "fp32"));

    /// <summary>Labelled pictures that a trained model has not seen.</summary>
    public static string TestPictures(string name)
        => Requirement.SharedFile("images", SeesCifar(name) ? "cifar10-test-dev.tar" : "imagenet-val-dev");

    /// <summary>A photograph of the kind that a trained model knows.</summary>
    public static string Photograph(string name) => SeesCifar(name)
        ? Once("photograph.jpg", path =>
        {
            using FileStream stream = File.OpenRead(TestPictures(name));
            using TarReader reader = new(stream);
            TarEntry? entry = reader.GetNextEntry();
            while (entry is not null && !entry.Name.EndsWith(".jpg", StringComparison.Ordinal))
            {
                entry = reader.GetNextEntry();
            }

            entry!.ExtractToFile(path, overwrite: false);
        })
        : Directory.EnumerateFiles(TestPictures(name), "*.JPEG").Order(StringComparer.Ordinal).First();

    private static bool SeesCifar(string name) => File.ReadAllText(Path.ChangeExtension(SharedModel(name), ".json")).Contains("cifar10-test-dev", StringComparison.Ordinal);

    private static string Calibration(string name) => Requirement.SharedFile("images", SeesCifar(name) ? Cifar : "imagenet-calibration");

    private static void Pack(string path, string model, params string[] options)
    {
        Outcome outcome = Programs.Modelpacker(["pack", model, .. options, "-o", path]);
        Assert.True(outcome.Code == 0, outcome.Messages);
    }

    private static string Once(string name, Action<string> make)
        => Made.GetOrAdd(name, _ => new Lazy<string>(() =>
        {
            string path = Path.Combine(Folder, name);
            make(path);
            return path;
        })).Value;
}
