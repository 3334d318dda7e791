using System.Text;
using EdgeRuntime.Images;

namespace PartsGenerator;

internal static class Program
{
    private const int Batch = 512;

    private static int Main(string[] args)
    {
        if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
        {
            Console.WriteLine(Options.Usage);
            return args.Length == 0 ? 2 : 0;
        }

        if (Options.Parse(args) is not { } options)
        {
            return 2;
        }

        if (options.ListClasses)
        {
            Console.WriteLine(string.Join('\n', PartClasses.Names));
            return 0;
        }

        try
        {
            Generate(options);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Cannot write: {e.Message}");
            return 5;
        }
    }

    private static void Generate(Options options)
    {
        using FolderSink? folder = options.Folder is null ? null : new FolderSink(options.Folder);
        using RawSink? raw = options.RawFile is null ? null : new RawSink(options.RawFile);
        SheetSink? sheet = options.SheetFile is null ? null : new SheetSink(options.SheetFile, options.Count, options.Size);
        Picture[] pictures = new Picture[Math.Min(Batch, options.Count)];

        // In batches: the pictures of a batch are drawn side by side, but written in order.
        for (int start = 0; start < options.Count; start += Batch)
        {
            int first = start, count = Math.Min(Batch, options.Count - start);
            Parallel.For(0, count, i => pictures[i] = Draw(options, first + i));
            for (int i = 0; i < count; i++)
            {
                int label = ClassOf(first + i);
                folder?.Add(first + i, label, pictures[i]);
                raw?.Add(label, pictures[i]);
                sheet?.Add(first + i, pictures[i]);
            }
        }

        sheet?.Write();
    }

    private static int ClassOf(int index) => index % PartClasses.Names.Length;

    private static Picture Draw(Options options, int index)
    {
        Dice dice = Dice.For(options.Seed, index);
        return Camera.Take(new Scene(ClassOf(index), dice), options.Size, dice);
    }

    private sealed class FolderSink : IDisposable
    {
        private readonly string _folder;
        private readonly StreamWriter _labels;

        internal FolderSink(string folder)
        {
            _folder = folder;
            foreach (string name in PartClasses.Names)
            {
                Directory.CreateDirectory(Path.Combine(folder, name));
            }

            _labels = new StreamWriter(Path.Combine(folder, "labels.csv"), append: false, new UTF8Encoding(false)) { NewLine = "\n" };
            _labels.WriteLine("file,label");
        }

        public void Dispose() => _labels.Dispose();

        internal void Add(int index, int label, Picture picture)
        {
            string name = $"{PartClasses.Names[label]}/{index:000000}.png";
            PngWriter.Write(picture, Path.Combine(_folder, name));
            _labels.WriteLine($"{name},{label}");
        }
    }

    private sealed class RawSink(string file) : IDisposable
    {
        private readonly FileStream _pixels = File.Create(file);
        private readonly FileStream _labels = File.Create(file + ".labels");

        public void Dispose()
        {
            _pixels.Dispose();
            _labels.Dispose();
        }

        internal void Add(int label, Picture picture)
        {
            _pixels.Write(picture.Rgb);
            _labels.WriteByte((byte)label);
        }
    }

    private sealed class SheetSink(string file, int count, int size)
    {
        private readonly Picture _sheet = new(
            PartClasses.Names.Length * size, (count + PartClasses.Names.Length - 1) / PartClasses.Names.Length * size);

        internal void Add(int index, Picture picture)
        {
            int left = index % PartClasses.Names.Length * size, top = index / PartClasses.Names.Length * size;
            for (int y = 0; y < size; y++)
            {
                picture.Rgb.AsSpan(y * size * 3, size * 3).CopyTo(_sheet.Rgb.AsSpan((((top + y) * _sheet.Width) + left) * 3));
            }
        }

        internal void Write() => PngWriter.Write(_sheet, file);
    }
}
