using EdgeRuntime.Bundles;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Cli.Reports;
using EdgeRuntime.Images;
using EdgeRuntime.Plans;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Verbs;

/// <summary><c>edgert inspect</c>: what a bundle holds. Reads and checks it, but makes no plan.</summary>
internal sealed class InspectVerb : IVerb
{
    public string Name => "inspect";

    public string Summary => "shows what a bundle holds";

    public string Operands => "OUT.edge";

    public string[] Examples => ["inspect model.edge", "inspect model.edge --json"];

    public OptionSpec[] Options => [CommonOptions.Json];

    public int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation)
    {
        using Bundle bundle = BundleReader.Open(arguments.SingleOperand("one bundle"));
        InputSpec? spec = bundle.InputSpec.Length == 0 ? null : InputSpecs.Of(bundle);
        if (arguments.Has(CommonOptions.Json))
        {
            WriteJson(terminal, bundle, spec);
        }
        else
        {
            WriteText(terminal, bundle, spec);
        }

        return ExitCode.Ok;
    }

    private static void WriteText(Terminal terminal, Bundle bundle, InputSpec? spec)
    {
        terminal.WriteLine($"{terminal.Strong(bundle.Name)}, packed by {bundle.Producer}");
        foreach (BundleSection section in bundle.Sections)
        {
            terminal.WriteLine($"section {section.Name}: {Format.Bytes(section.Length)}");
        }

        WritePorts(terminal, bundle, "input", bundle.Inputs);
        WritePorts(terminal, bundle, "output", bundle.Outputs);
        if (spec is not null)
        {
            terminal.WriteLine($"pictures: {spec.Width}x{spec.Height} {Word(spec.Color)}, {Word(spec.Resize)}, {Word(spec.Task)}, {spec.Labels.Count} label(s)");
        }

        terminal.WriteLine($"{bundle.Maps.Length} maps, {bundle.Steps.Length} steps, {bundle.Tables.Length} tables, {bundle.Blobs.Length} blobs\n");
        TextTable table = new("point", "picture", ">MACs", ">activations", "golden hash", "figures");
        foreach (OperatingPoint point in bundle.Points)
        {
            List<string> figures = [];
            foreach ((string name, double value) in point.Figures)
            {
                figures.Add($"{name}={Format.Figure(value)}");
            }

            table.Add(point.Name, point.Input is { } size ? $"{size.Width}x{size.Height}" : "", Format.Macs(bundle.Macs(point)), Format.Bytes(ArenaLayout.Create(bundle, point).Bytes),
                point.GoldenHash is { } hash ? Format.Hash(hash) : "none", string.Join(" ", figures));
        }

        table.Write(terminal);
        terminal.WriteLine();
        TextTable steps = new(">#", "step", "kind", "output", ">rows", ">channels", "type");
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            Map output = bundle.Maps[step.Output];
            steps.Add(Format.Figure(i), step.Name, Kind(step), output.Name, Format.Figure(bundle.Points[0].Rows[step.Output]),
                Format.Figure(output.Channels), Word(output.Type));
        }

        steps.Write(terminal);
    }

    private static void WritePorts(Terminal terminal, Bundle bundle, string what, Port[] ports)
    {
        foreach (Port port in ports)
        {
            Map map = bundle.Maps[port.Map];
            string type = map.Type == ElementType.S8 ? $"s8 (scale {map.Scale:g6}, zero point {map.ZeroPoint})" : Word(map.Type);
            terminal.WriteLine($"{what} {port.Name}: {Format.Shape(port.Dims)} {type}");
        }
    }

    private static void WriteJson(Terminal terminal, Bundle bundle, InputSpec? spec)
    {
        using JsonReport report = new(terminal, "edgert.inspect");
        report.Writer.WriteString("name", bundle.Name);
        report.Writer.WriteString("producer", bundle.Producer);
        report.Writer.WriteStartObject("sections");
        foreach (BundleSection section in bundle.Sections)
        {
            report.Writer.WriteNumber(section.Name, section.Length);
        }

        report.Writer.WriteEndObject();
        JsonPorts(report, bundle, "inputs", bundle.Inputs);
        JsonPorts(report, bundle, "outputs", bundle.Outputs);
        JsonSpec(report, spec);
        report.Writer.WriteNumber("tables", bundle.Tables.Length);
        report.Writer.WriteNumber("blobs", bundle.Blobs.Length);
        report.Writer.WriteStartArray("maps");
        foreach (Map map in bundle.Maps)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("name", map.Name);
            report.Writer.WriteNumber("channels", map.Channels);
            JsonType(report, map);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        report.Writer.WriteStartArray("steps");
        foreach (Step step in bundle.Steps)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("name", step.Name);
            report.Writer.WriteString("kind", Kind(step));
            report.Integers("inputs", step.Inputs);
            report.Writer.WriteNumber("output", step.Output);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
        JsonPoints(report, bundle);
        report.Finish();
    }

    private static void JsonPorts(JsonReport report, Bundle bundle, string name, Port[] ports)
    {
        report.Writer.WriteStartArray(name);
        foreach (Port port in ports)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("name", port.Name);
            report.Integers("shape", port.Dims);
            report.Writer.WriteNumber("channel_axis", port.ChannelAxis);
            report.Writer.WriteNumber("map", port.Map);
            JsonType(report, bundle.Maps[port.Map]);
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
    }

    private static void JsonType(JsonReport report, Map map)
    {
        report.Writer.WriteString("type", Word(map.Type));
        if (map.Type == ElementType.S8)
        {
            report.Writer.WriteNumber("scale", map.Scale);
            report.Writer.WriteNumber("zero_point", map.ZeroPoint);
        }
    }

    private static void JsonSpec(JsonReport report, InputSpec? spec)
    {
        if (spec is null)
        {
            report.Writer.WriteNull("input_spec");
            return;
        }

        report.Writer.WriteStartObject("input_spec");
        report.Writer.WriteNumber("width", spec.Width);
        report.Writer.WriteNumber("height", spec.Height);
        report.Writer.WriteString("color", Word(spec.Color));
        report.Writer.WriteString("resize", Word(spec.Resize));
        report.Writer.WriteString("task", Word(spec.Task));
        report.Writer.WriteNumber("labels", spec.Labels.Count);
        report.Writer.WriteEndObject();
    }

    private static void JsonPoints(JsonReport report, Bundle bundle)
    {
        report.Writer.WriteStartArray("points");
        foreach (OperatingPoint point in bundle.Points)
        {
            report.Writer.WriteStartObject();
            report.Writer.WriteString("name", point.Name);
            if (point.Input is { } size)
            {
                report.Writer.WriteStartObject("input");
                report.Writer.WriteNumber("height", size.Height);
                report.Writer.WriteNumber("width", size.Width);
                report.Writer.WriteEndObject();
            }
            else
            {
                report.Writer.WriteNull("input");
            }

            report.Number("macs", bundle.Macs(point));
            report.Writer.WriteNumber("activation_bytes", ArenaLayout.Create(bundle, point).Bytes);
            report.Writer.WriteString("golden_hash", point.GoldenHash is { } hash ? Format.Hash(hash) : null);
            report.Integers("rows", point.Rows);
            report.Writer.WriteStartObject("figures");
            foreach ((string name, double value) in point.Figures)
            {
                report.Number(name, value);
            }

            report.Writer.WriteEndObject();
            report.Writer.WriteEndObject();
        }

        report.Writer.WriteEndArray();
    }

    private static string Kind(Step step) => step switch
    {
        ConvolutionStep => "convolution",
        DepthwiseStep => "depthwise",
        PoolStep => "pool",
        ResampleStep => "resample",
        GatherStep => "gather",
        ConcatStep => "concat",
        BinaryStep => "binary",
        UnaryStep => "unary",
        LookupStep => "lookup",
        ConvertStep => "convert",
        SoftmaxStep => "softmax",
        LrnStep => "lrn",
        MatMulStep => "matmul",
        ConstantStep => "constant",
        _ => "other",
    };

    private static string Word(ElementType type) => type == ElementType.S8 ? "s8" : "f32";

    private static string Word(ColorOrder color) => color switch { ColorOrder.Bgr => "bgr", ColorOrder.Gray => "gray", _ => "rgb" };

    private static string Word(ResizeMode resize) => resize == ResizeMode.ShorterSideCrop ? "shorter-side-crop" : "stretch";

    private static string Word(VisionTask task) => task switch { VisionTask.Classification => "classification", VisionTask.Detection => "detection", _ => "other" };
}
