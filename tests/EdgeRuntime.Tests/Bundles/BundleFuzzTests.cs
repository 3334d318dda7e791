using System.Diagnostics;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;
using Xunit.Abstractions;

namespace EdgeRuntime.Tests.Bundles;

/// <summary>Whatever a bundle file holds, it either loads and runs or is refused with a <see cref="BundleException"/>.</summary>
public sealed class BundleFuzzTests(ITestOutputHelper output)
{
    private const int Mutants = 1500;

    // Legal, but too long for a test to run.
    private const double RunnableWork = 5e7;

    // The decoded tables of a bundle may take 256 MB by the limits of the format; nothing else comes near.
    private const long AllocationBound = 300L << 20;

    public static TheoryData<string> Networks() => new(["every", "int8", "mixed", "deep"]);

    [Theory]
    [MemberData(nameof(Networks))]
    public void MutantsAreRefusedOrRun(string network)
    {
        byte[] file = BundleBytes.Of(network switch
        {
            "every" => EveryStepNetwork.Create(),
            "int8" => RandomNetwork.Create(7, steps: 5, side: 5, allowFloat: false),
            "mixed" => RandomNetwork.Create(8, steps: 8, side: 4),
            _ => RandomNetwork.Create(9, steps: 25, side: 3),
        });
        BundleMutator mutator = new(file);
        int ran = 0;
        int refused = 0;
        for (int seed = 0; seed < Mutants; seed++)
        {
            byte[] mutant = mutator.Make((network.Length * 1_000_000) + seed);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                ran += LoadAndRun(mutant) ? 1 : 0;
            }
            catch (BundleException e)
            {
                refused++;
                Assert.NotEmpty(e.Message);
            }
            catch (Exception e)
            {
                Assert.Fail($"{network} {seed}: {e}");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), $"{network} {seed} took {Stopwatch.GetElapsedTime(start)}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - allocated < AllocationBound, $"{network} {seed} allocated too much");
        }

        output.WriteLine($"{network}: {ran} ran, {refused} refused");
        Assert.True(ran > Mutants / 50 && refused > Mutants / 4, $"{ran} ran, {refused} refused: the mutations do not reach both sides");
    }

    private static bool LoadAndRun(byte[] file)
    {
        Bundle bundle = BundleReader.Read(file);
        double work = bundle.Points.Sum(bundle.Macs) + bundle.Points.Sum(p => p.Rows.Select((r, m) => (double)r * bundle.Maps[m].Channels).Sum());
        if (work > RunnableWork)
        {
            return false;
        }

        using EdgeModel model = EdgeModel.Load(file);
        using Session session = model.CreateSession();
        float[][] outputs = Array.ConvertAll(bundle.Outputs, p => new float[PortLayout.Of(p).Count]);
        for (int point = 0; point < bundle.Points.Length; point++)
        {
            session.Point = point;
            session.SetGoldenInput();
            session.Run();
            session.HashOutputs();
            for (int i = 0; i < outputs.Length; i++)
            {
                session.GetOutput(i, outputs[i]);
            }
        }

        return true;
    }
}
