using System.Diagnostics;
using System.IO.Hashing;
using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using EdgeRuntime.Tests.Shared.Requirements;
using Xunit;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>docs/bundle-format.md is enough to write a reader: the Python one, made from it alone, sees what was written.</summary>
public sealed class BundleDocumentTests
{
    public static TheoryData<int> Seeds() => [-1, 0, 1, 2];

    [TheoryWith(Need.Msgpack)]
    [MemberData(nameof(Seeds))]
    public void ThePythonReaderSeesTheSame(int seed)
    {
        string script = Path.Combine(Requirement.Root, "tools", "read-bundle.py");
        string path = Path.Combine(Path.GetTempPath(), $"edgert-test-{Guid.NewGuid():n}.edge");
        try
        {
            using Bundle bundle = seed < 0 ? EveryStepNetwork.Create() : RandomNetwork.Create(seed);
            bundle.Points[0].GoldenHash = 0xFEDCBA9876543210;
            bundle.Points[0].Figures["top1"] = 0.5;
            BundleWriter.Save(bundle, path);
            (int code, string json, string messages) = Python(script, path, "--json");
            Assert.True(code == 0, messages);
            Compare(bundle, JsonDocument.Parse(json).RootElement);

            byte[] bytes = File.ReadAllBytes(path);
            bytes[^1] ^= 1;
            File.WriteAllBytes(path, bytes);
            Assert.Equal(3, Python(script, path).Code);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Compare(Bundle bundle, JsonElement read)
    {
        Assert.Equal("1.0", read.GetProperty("format").GetString());
        Assert.Equal(bundle.Name, read.GetProperty("name").GetString());
        Assert.Equal(bundle.Maps.Select(m => (m.Name, m.Channels, m.Scale, m.ZeroPoint)), read.GetProperty("maps").EnumerateArray().Select(m =>
            (m.GetProperty("name").GetString()!, m.GetProperty("channels").GetInt32(), m.GetProperty("scale").GetSingle(), m.GetProperty("zero_point").GetInt32())));
        Assert.Equal(bundle.Steps.Select(s => (s.GetType().Name.Replace("Step", "", StringComparison.Ordinal).ToLowerInvariant(), s.Name, s.Output)),
            read.GetProperty("steps").EnumerateArray().Select(s => (s.GetProperty("kind").GetString()!, s.GetProperty("name").GetString()!, s.GetProperty("output").GetInt32())));
        Assert.Equal(bundle.Tables.Select(t => (t.Rows, t.Taps, t.Entries.Sum(e => (long)e))), read.GetProperty("tables").EnumerateArray().Select(t =>
            (t.GetProperty("rows").GetInt32(), t.GetProperty("taps").GetInt32(), t.GetProperty("sum").GetInt64())));
        Assert.Equal(bundle.Blobs.Select(b => Crc(bundle, b)), read.GetProperty("blobs").EnumerateArray().Select(b => b.GetProperty("crc").GetUInt32()));
        Assert.Equal(bundle.Outputs.Select(p => p.Name), read.GetProperty("outputs").EnumerateArray().Select(p => p.GetProperty("name").GetString()!));
        JsonElement point = read.GetProperty("points")[0];
        Assert.Equal("dense", point.GetProperty("name").GetString());
        Assert.Equal(0xFEDCBA9876543210, point.GetProperty("golden_hash").GetUInt64());
        Assert.Equal(0.5, point.GetProperty("figures").GetProperty("top1").GetDouble());
        Assert.Equal(bundle.Points[0].Rows, point.GetProperty("rows").EnumerateArray().Select(r => r.GetInt32()));
    }

    private static uint Crc(Bundle bundle, Blob blob)
    {
        byte[] bytes = new byte[blob.Bytes];
        bundle.Weights.Read(blob.Offset, bytes);
        return Crc32.HashToUInt32(bytes);
    }

    private static (int Code, string Data, string Messages) Python(params string[] arguments)
    {
        ProcessStartInfo info = new(Requirement.Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> messages = process.StandardError.ReadToEndAsync();
        string data = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, data, messages.Result);
    }
}
