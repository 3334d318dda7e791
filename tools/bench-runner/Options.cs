using System.Globalization;
using EdgeRuntime;

namespace BenchRunner;

/// <summary>The command line.</summary>
internal sealed class Options
{
    private const int Usage = 2;

    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help = """
        usage: tools/bench [MODEL.onnx …] [--models NAME,…] [--threads N] [--runs N] [--seconds S] [--check] [--json]

          MODEL.onnx      models to time (default: those in shared/models and the four that bench-models.py writes)
          --models NAMES  only these of the default models, by file name without .onnx
          --threads N     threads of every engine (default 1)
          --runs N        rounds; in each, every engine has its turn (default 30)
          --seconds S     stop a model after this many seconds, with at least 3 rounds (default 20)
          --check         end with 4 where int8 is slower than ONNX Runtime fp32
          --json          JSON instead of a Markdown table on stdout
        """;

    private Options()
    {
    }

    /// <summary>ONNX files.</summary>
    public List<string> Models { get; } = [];

    /// <summary>Threads per engine.</summary>
    public int Threads { get; private set; } = 1;

    /// <summary>Rounds.</summary>
    public int Runs { get; private set; } = 30;

    /// <summary>Time limit per model.</summary>
    public double Seconds { get; private set; } = 20;

    /// <summary>Whether a slow int8 bundle is a failure.</summary>
    public bool Check { get; private set; }

    /// <summary>JSON on stdout.</summary>
    public bool Json { get; private set; }

    /// <summary>The modelpacker program.</summary>
    public string Packer { get; private set; } = "modelpacker";

    /// <summary>Folder for bundles and rewritten models.</summary>
    public string Work { get; private set; } = ".";

    /// <summary>Parses arguments.</summary>
    /// <exception cref="EdgeRuntimeException">One is unknown or out of range (exit code 2).</exception>
    public static Options Parse(string[] args)
    {
        Options options = new();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new EdgeRuntimeException($"'{name}' needs a value. See 'tools/bench --help'.", Usage);
            switch (name)
            {
                case "--threads": options.Threads = (int)Number(name, Value(), 1, 64); break;
                case "--runs": options.Runs = (int)Number(name, Value(), 3, 100_000); break;
                case "--seconds": options.Seconds = Number(name, Value(), 0, 86_400); break;
                case "--check": options.Check = true; break;
                case "--json": options.Json = true; break;
                case "--packer": options.Packer = Value(); break;
                case "--work": options.Work = Value(); break;
                default:
                    if (name.StartsWith('-'))
                    {
                        throw new EdgeRuntimeException($"There is no option '{name}'. See 'tools/bench --help'.", Usage);
                    }

                    if (!File.Exists(name))
                    {
                        throw new EdgeRuntimeException($"There is no file '{name}'. Give the path of an ONNX model.", Usage);
                    }

                    options.Models.Add(name);
                    break;
            }
        }

        return options.Models.Count > 0 ? options : throw new EdgeRuntimeException("There is no model to time. Give the path of an ONNX model.", Usage);
    }

    private static double Number(string name, string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most
            ? value
            : throw new EdgeRuntimeException($"'{name} {text}' is no number from {least} to {most}.", Usage);
}
