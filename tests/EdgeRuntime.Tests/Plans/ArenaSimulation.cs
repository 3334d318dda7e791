using EdgeRuntime.Bundles;
using EdgeRuntime.Plans;
using Xunit;

namespace EdgeRuntime.Tests.Plans;

/// <summary>Runs a network on tags instead of values: every byte of the arena says which element it holds, so a clobbered one is found when it is read.</summary>
/// <remarks>Knows nothing of how the layout was made. A concatenation's elements are those of its inputs.</remarks>
internal sealed class ArenaSimulation(Bundle bundle, OperatingPoint point)
{
    private readonly ArenaLayout _layout = ArenaLayout.Create(bundle, point);
    private readonly Dictionary<int, (int Step, ConcatStep Concat)> _joined = bundle.Steps.Select((s, i) => (s, i))
        .Where(x => x.s is ConcatStep { AlongRows: false }).ToDictionary(x => x.s.Output, x => (x.i, (ConcatStep)x.s));

    private long[] _tags = [];

    public void Run()
    {
        _tags = new long[_layout.Bytes];
        foreach (Port port in bundle.Inputs)
        {
            Write(port.Map);
        }

        foreach (Step step in bundle.Steps)
        {
            foreach (int input in step.Inputs)
            {
                Check(input, step.Name);
            }

            Write(step.Output);

            // Even where input and output may share memory in principle, the layout promises that they do not.
            foreach (int input in step.Inputs)
            {
                Check(input, $"{step.Name} (afterwards)");
            }
        }

        foreach (Port port in bundle.Inputs.Concat(bundle.Outputs))
        {
            Check(port.Map, $"port {port.Name}");
        }
    }

    private void Write(int map) => Visit(map, (at, tag) => _tags[at] = tag);

    private void Check(int map, string where)
        => Visit(map, (at, tag) => Assert.True(_tags[at] == tag, $"{where}: byte {at} of map {map} at point {point.Name} was overwritten"));

    private void Visit(int map, Action<long, long> visit)
    {
        MapPlacement placement = _layout.Maps[map];
        int size = bundle.Maps[map].Type.Size();
        for (int row = 0; row < point.Rows[map]; row++)
        {
            for (int c = 0; c < bundle.Maps[map].Channels; c++)
            {
                for (int b = 0; b < size; b++)
                {
                    visit(placement.Offset + ((((long)row * placement.Stride) + c) * size) + b, (Element(map, row, c) * 4) + b + 1);
                }
            }
        }
    }

    private long Element(int map, int row, int channel)
    {
        while (_joined.TryGetValue(map, out var join))
        {
            int k = 0;
            while (channel >= bundle.Maps[join.Concat.Inputs[k]].Channels)
            {
                channel -= bundle.Maps[join.Concat.Inputs[k++]].Channels;
            }

            int table = point.Tables[join.Step][k];
            row = table < 0 ? row : bundle.Tables[table].Entries[row];
            map = join.Concat.Inputs[k];
        }

        return ((((long)map << 24) + row) << 16) + channel;
    }
}
