using System.Globalization;

namespace PartsGenerator;

/// <summary>The command line.</summary>
internal sealed record Options
{
    internal const string Usage = """
        Renders pictures of hardware parts on a conveyor belt. The same options give the same pictures.

        Examples:
          parts-generator --out pictures --count 200 --seed 1     one folder per class, and labels.csv
          parts-generator --raw train.bin --count 8000 --seed 2   for training, see below
          parts-generator --sheet sheet.png --count 80 --seed 3   one picture of many, to look at

        Options:
          --out DIR      write DIR/CLASS/NNNNNN.png and DIR/labels.csv (file,label)
          --raw FILE     write all pixels (picture, row, column, RGB; one byte each) to FILE and one class byte per picture to FILE.labels
          --sheet FILE   write a contact sheet as PNG; a column per class
          --count N      number of pictures, shared evenly among the 8 classes (default 80)
          --seed S       any whole number (default 1)
          --size N       side in pixels, 16..512 (default 64)
          --classes      print the class names in order and stop
        """;

    internal string? Folder { get; private set; }

    internal string? RawFile { get; private set; }

    internal string? SheetFile { get; private set; }

    internal int Count { get; private set; } = 80;

    internal ulong Seed { get; private set; } = 1;

    internal int Size { get; private set; } = 64;

    internal bool ListClasses { get; private set; }

    /// <summary>Reads the arguments; null, with a line on stderr, when they make no sense.</summary>
    internal static Options? Parse(string[] args)
    {
        Options options = new();
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--classes")
            {
                options.ListClasses = true;
                continue;
            }

            string? value = i + 1 < args.Length ? args[i + 1] : null;
            if (value is null || !options.Set(args[i], value))
            {
                Console.Error.WriteLine($"'{args[i]}' is not an option, or its value '{value}' is missing or out of range. See --help.");
                return null;
            }

            i++;
        }

        if (options is { Folder: null, RawFile: null, SheetFile: null, ListClasses: false })
        {
            Console.Error.WriteLine("Say where to write: --out, --raw or --sheet. See --help.");
            return null;
        }

        return options;
    }

    private bool Set(string name, string value)
    {
        switch (name)
        {
            case "--out":
                Folder = value;
                return true;
            case "--raw":
                RawFile = value;
                return true;
            case "--sheet":
                SheetFile = value;
                return true;
            case "--count":
                Count = Number(value);
                return Count is >= 1 and <= 1_000_000;
            case "--size":
                Size = Number(value);
                return Size is >= 16 and <= 512;
            case "--seed":
                bool good = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed);
                Seed = seed;
                return good;
            default:
                return false;
        }
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : -1;
}
