using System.Text.RegularExpressions;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Detections;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using ModelPacker.Evaluate;
using ModelPacker.Pipeline;
using Xunit;

namespace EndToEnd.Tests;

/// <summary>What the README and the documents promise.</summary>
public partial class ReadmeTests
{
    private static readonly string Root = FindRoot();
    private static readonly string Model = Path.Combine(Root, "tools", "demo-model", "conveyor.onnx");

    [Fact]
    public void TheSnippetClassifiesAsOnnxRuntimeDoes()
    {
        string folder = Directory.CreateTempSubdirectory("readme-test-").FullName;
        try
        {
            string bundle = Path.Combine(folder, "conveyor.edge");
            using (Bundle packed = new PackPipeline(new PackOptions { Model = Model, Int8 = false }, new NoProgress(), null).Run(default).Bundle)
            {
                BundleWriter.Save(packed, bundle);
            }

            List<string> files = WritePictures(folder);
            InputSpec spec = ModelFile.FindSpec(Model, null)!;
            using OnnxPredictor oracle = new(Model, spec);
            List<string> expected = files.ConvertAll(f => spec.Labels[ArgMax(oracle.Predict(PictureReader.Read(f)))]);
            Assert.Equal(expected, Classify(bundle, files));
            Assert.True(expected.Distinct().Count() > 1, "The pictures are too alike to prove anything.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void TheReadmeShowsTheMethodThatIsTested()
    {
        string shown = CodeBlock().Match(File.ReadAllText(Path.Combine(Root, "README.md"))).Groups[1].Value;
        string here = File.ReadAllText(Path.Combine(Root, "tests", "EndToEnd.Tests", "ReadmeTests.cs"));
        string method = shown[shown.IndexOf("static IEnumerable", StringComparison.Ordinal)..];
        Assert.Contains(WithoutIndent(method), WithoutIndent(here));
        foreach (string line in shown[..^method.Length].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(line, here);
        }
    }

    [Fact]
    public void LinksLeadSomewhere()
    {
        List<string> broken = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Root, "README.md")))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(file)))
            {
                string[] target = link.Groups[1].Value.Split('#');
                string path = target[0].Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, target[0]));
                bool there = File.Exists(path) ? target.Length < 2 || Headings(path).Contains(target[1]) : Directory.Exists(path);
                if (!there)
                {
                    broken.Add($"{Path.GetRelativePath(Root, file)}: {link.Groups[1].Value}");
                }
            }
        }

        Assert.Empty(broken);
    }

    private static IEnumerable<string> Classify(string bundle, IEnumerable<string> files)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession(threads: 2);
        InputSpec spec = InputSpec.Parse(model.Bundle.InputSpec, bundle);
        PictureInput input = new(model.Bundle, spec);
        float[] scores = new float[model.Bundle.Outputs[0].Dims.Aggregate((a, b) => a * b)];
        foreach (string file in files)
        {
            input.Feed(session, PictureReader.Read(file));
            session.Run();
            session.GetOutput(0, scores);
            yield return spec.LabelOf(Classification.Top(scores, spec, 1)[0].Class);
        }
    }

    // Discs, rings and bars of several sizes on a dark ground: enough like parts to fall into several classes.
    private static List<string> WritePictures(string folder)
    {
        List<string> files = [];
        for (int i = 0; i < 12; i++)
        {
            Picture picture = new(80, 72);
            double outer = 14 + i;
            double inner = i % 3 == 0 ? 0 : outer * 0.5;
            for (int y = 0; y < picture.Height; y++)
            {
                for (int x = 0; x < picture.Width; x++)
                {
                    double dx = x - 40;
                    double dy = (y - 36) * (i % 2 == 0 ? 1 : 4);
                    double distance = Math.Sqrt((dx * dx) + (dy * dy));
                    byte level = (byte)(distance <= outer && distance >= inner ? 190 : 45);
                    picture.Rgb.AsSpan(((y * picture.Width) + x) * 3, 3).Fill(level);
                }
            }

            files.Add(Path.Combine(folder, $"{i}.png"));
            PngWriter.Write(picture, files[i]);
        }

        return files;
    }

    private static int ArgMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    private static string WithoutIndent(string text)
        => string.Join('\n', text.Split('\n').Select(line => line.Trim())).Trim();

    // As GitHub makes anchors of headings.
    private static IEnumerable<string> Headings(string path)
        => File.ReadLines(path).Where(line => line.StartsWith('#')).Select(line
            => string.Concat(line.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-'));

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Directory.Packages.props")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("The tests must run from a folder inside the repository.");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\((?!https?://)([^)\s]+)\)")]
    private static partial Regex Link();

    private sealed class NoProgress : IPackProgress
    {
        public void Begin(string stage, int total)
        {
        }

        public void Advance(int done)
        {
        }

        public void Warn(string message)
        {
        }
    }
}
