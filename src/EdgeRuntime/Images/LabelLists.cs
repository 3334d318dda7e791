using System.Text;

namespace EdgeRuntime.Images;

/// <summary>Lists of class names: the well-known ones and those read from a file.</summary>
internal static class LabelLists
{
    private const long MaxFileBytes = 16 << 20;

    private const string Cifar10 = "airplane automobile bird cat deer dog frog horse ship truck";

    // In the order of darknet's list, which trained YOLO models use.
    private const string Coco80 =
        "person,bicycle,car,motorbike,aeroplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench," +
        "bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard," +
        "sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon," +
        "bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,sofa,pottedplant,bed,diningtable,toilet," +
        "tvmonitor,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors," +
        "teddy bear,hair drier,toothbrush";

    /// <summary>A well-known list; null when the text is none of them, so a file name.</summary>
    internal static IReadOnlyList<string>? ByName(string name) =>
        name == "cifar10" ? Cifar10.Split(' ')
        : name == "coco-80" || name.StartsWith("coco-80 ", StringComparison.Ordinal) ? Coco80.Split(',')
        : null;

    /// <summary>Reads one label per line; a leading WordNet id ("n01440764 ") is left out.</summary>
    internal static IReadOnlyList<string> ReadFile(string path, int classes, int firstClass)
    {
        string[] lines;
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                throw new InputException("the labels file is larger than 16 MiB", path, "Name a text file with one label per line");
            }

            lines = File.ReadAllLines(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"the labels file cannot be read ({e.Message})", path, "Make it readable for this user", e);
        }

        string[] labels = [.. lines.Select(line => WithoutWordNetId(line.Trim())).Where(line => line.Length > 0)];
        return Fit(labels, classes, firstClass, path);
    }

    /// <summary>Puts "background" in front where a list leaves out the classes below the first one.</summary>
    internal static IReadOnlyList<string> Fit(IReadOnlyList<string> labels, int classes, int firstClass, string where)
    {
        if (classes == 0 || labels.Count == classes)
        {
            return labels;
        }

        return labels.Count + firstClass == classes
            ? [.. Enumerable.Repeat("background", firstClass), .. labels]
            : throw new InputException($"there are {labels.Count} labels for {classes} classes", where, "Give one label per class, in the model's order");
    }

    private static string WithoutWordNetId(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space == 9 && line[0] == 'n' && line.AsSpan(1, 8).IndexOfAnyExceptInRange('0', '9') < 0 ? line[10..].Trim() : line;
    }
}
