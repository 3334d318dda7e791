using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace ModelPacker.Perforate;

/// <summary>Compiles masks into rows and tables. A skipped site costs nothing and is never written: whoever reads it reads the row that stands for it.</summary>
/// <remarks>
/// One rule carries rows through the whole network. Two output sites of a step whose taps read the same rows are equal, so they become one row. Behind a
/// perforated layer this makes pointwise steps, 1×1 convolutions, additions, concatenations and poolings as narrow as their inputs allow, and what they compute is bit for bit
/// what a dense run would compute from a map whose skipped sites had been overwritten.
/// </remarks>
public sealed class Perforator
{
    private readonly Bundle _bundle;
    private readonly OperatingPoint _dense;
    private readonly bool[] _mustBeDense;

    // A search compiles thousands of networks that differ in one layer: what a step becomes depends on its mask and on its inputs' supports alone. Equal supports are one object, so that
    // behind the layer that changed the network is found again, too.
    private const long MostNumbers = 64L << 20;
    private readonly ConcurrentDictionary<StepKey, (GatherTable?[] Tables, Support? Support)> _compiled = [];
    private readonly ConcurrentDictionary<SupportKey, Support> _supports = [];
    private long _numbers;

    /// <summary>Prepares a network. It may be used by several threads at once.</summary>
    /// <param name="bundle">A bundle; its first operating point is dense.</param>
    public Perforator(Bundle bundle)
    {
        _bundle = bundle;
        _dense = bundle.Points[0];
        _mustBeDense = DenseMaps();
    }

    /// <summary>Whether a step is a k×k convolution, k &gt; 1, that may be given a mask.</summary>
    public bool CanPerforate(int step) => _bundle.Steps[step] is ConvolutionStep { Taps: > 1 } or DepthwiseStep { Taps: > 1 } && CanMask(step);

    /// <summary>Whether a step may be given a mask: any convolution whose output need not have all its rows.</summary>
    public bool CanMask(int step) => _bundle.Steps[step] is ConvolutionStep or DepthwiseStep && !_mustBeDense[_bundle.Steps[step].Output];

    /// <summary>Whether a map has all its rows at every point: an answer, or what is read as one run of numbers.</summary>
    public bool NeedsAllRows(int map) => _mustBeDense[map];

    /// <summary>Compiles masks.</summary>
    /// <param name="masks">Supports of the output sites of steps that <see cref="CanMask"/>; they are told apart by identity and must not change.</param>
    public PointTables Compile(IReadOnlyDictionary<int, Support> masks)
    {
        int[] rows = [.. _dense.Rows];
        Support?[] supports = new Support?[rows.Length];
        GatherTable?[][] tables = new GatherTable?[_bundle.Steps.Length][];
        for (int i = 0; i < tables.Length; i++)
        {
            Step step = _bundle.Steps[i];
            Support? mask = masks.GetValueOrDefault(i);
            GatherTable?[] dense = Array.ConvertAll(_dense.Tables[i], t => t < 0 ? null : _bundle.Tables[t]);
            StepKey key = new(i, mask, Array.ConvertAll(step.Inputs, m => supports[m]));
            if (!_compiled.TryGetValue(key, out (GatherTable?[] Tables, Support? Support) made))
            {
                made = Compile(step, dense, mask is { IsFull: true } ? null : mask, supports, rows);
                made.Support = Keep(made.Support);
                Keep(key, made);
            }

            (tables[i], supports[step.Output]) = made;
            rows[step.Output] = supports[step.Output]?.Kept.Length ?? _dense.Rows[step.Output];
        }

        return new PointTables(rows, tables, supports) { Input = _dense.Input };
    }

    private Support? Keep(Support? support) => support is null ? null : _supports.GetOrAdd(new SupportKey(support), support);

    private void Keep(StepKey key, (GatherTable?[] Tables, Support? Support) made)
    {
        long numbers = made.Tables.Sum(t => (long)(t?.Entries.Length ?? 0)) + (made.Support?.Sites ?? 0);
        if (Interlocked.Add(ref _numbers, numbers) > MostNumbers)
        {
            _compiled.Clear();
            _supports.Clear();
            Interlocked.Exchange(ref _numbers, numbers);
        }

        _compiled[key] = made;
    }

    private (GatherTable?[], Support?) Compile(Step step, GatherTable?[] dense, Support? mask, Support?[] supports, int[] rows)
    {
        bool changed = mask is not null || step.Inputs.Any(m => supports[m] is not null);
        if (!changed || step is ConstantStep or MatMulStep)
        {
            return (dense, null);
        }

        if (IsPointwise(step))
        {
            return (dense, supports[step.Inputs[0]]);
        }

        if (step is ConcatStep { AlongRows: true })
        {
            return (dense, Stack(step, supports));
        }

        bool single = step is ResampleStep || _mustBeDense[step.Output];
        Support? first = supports[step.Inputs[0]];
        if (mask is null && !single && Array.TrueForAll(dense, t => t is null) && step.Inputs.All(m => Same(supports[m], first)) && step is not GatherStep)
        {
            return (dense, first);
        }

        return Compose(step, dense, mask, supports, rows, merge: !single);
    }

    private (GatherTable?[], Support?) Compose(Step step, GatherTable?[] dense, Support? mask, Support?[] supports, int[] rows, bool merge)
    {
        int sites = _dense.Rows[step.Output];
        int[] taps = [.. step.Inputs.Select((_, k) => dense[k]?.Taps ?? (step is GatherStep g ? _bundle.Maps[step.Output].Channels / g.Width : 1))];
        int width = taps.Sum();
        int[] entries = new int[width];
        Dictionary<RowKey, int> known = [];
        List<int> kept = [];
        List<int[]> unique = [];
        int[] computed = mask?.Kept ?? [.. Enumerable.Range(0, sites)];
        int[] rowOf = new int[computed.Length];
        for (int o = 0; o < computed.Length; o++)
        {
            Read(computed[o]);
            RowKey key = new(entries);
            if (!known.TryGetValue(key, out int row))
            {
                row = unique.Count;
                int[] copy = [.. entries];
                unique.Add(copy);
                kept.Add(computed[o]);
                if (merge)
                {
                    known.Add(new RowKey(copy), row);
                }
            }

            rowOf[o] = row;
        }

        int[] nearest = mask is null ? rowOf : Array.ConvertAll(mask.Nearest, n => rowOf[n]);
        if (!merge && mask is not null)
        {
            // The mask says what is computed, the reader wants every site: compute equal rows again.
            unique = [.. nearest.Select(r => unique[r])];
            return (Tables(unique), null);
        }

        Support support = new([.. kept], nearest);
        return (Tables(unique), support.IsFull ? null : support);

        void Read(int site)
        {
            int at = 0;
            for (int k = 0; k < taps.Length; k++)
            {
                Support? from = supports[step.Inputs[k]];
                int pieces = step is GatherStep g ? Math.Max(1, _bundle.Maps[step.Inputs[k]].Channels / g.Width) : 1;
                for (int t = 0; t < taps[k]; t++, at++)
                {
                    int entry = dense[k] is { } table ? table.Entries[(site * taps[k]) + t] : (site * taps[k]) + t;
                    entries[at] = entry < 0 || from is null ? entry : (from.Nearest[entry / pieces] * pieces) + (entry % pieces);
                }
            }
        }

        GatherTable?[] Tables(List<int[]> list)
        {
            GatherTable?[] made = new GatherTable?[taps.Length];
            int start = 0;
            for (int k = 0; k < made.Length; k++)
            {
                int[] all = new int[list.Count * taps[k]];
                for (int o = 0; o < list.Count; o++)
                {
                    list[o].AsSpan(start, taps[k]).CopyTo(all.AsSpan(o * taps[k]));
                }

                int map = step.Inputs[k];
                long inputs = step is GatherStep g ? (long)rows[map] * _bundle.Maps[map].Channels / g.Width : rows[map];
                GatherTable table = new(list.Count, taps[k], (int)inputs, all);

                // A copy that regroups rows into others of another width has no other way to say so.
                bool regroups = step is GatherStep && _bundle.Maps[map].Channels != _bundle.Maps[step.Output].Channels;
                bool needed = step is PoolStep or ResampleStep || regroups || !table.IsIdentity;
                made[k] = needed ? table : null;
                start += taps[k];
            }

            return made;
        }
    }

    // Rows of maps that follow each other.
    private Support? Stack(Step step, Support?[] supports)
    {
        if (step.Inputs.All(m => supports[m] is null))
        {
            return null;
        }

        List<int> kept = [];
        List<int> nearest = [];
        int sites = 0;
        foreach (int map in step.Inputs)
        {
            int first = kept.Count;
            int count = _dense.Rows[map];
            kept.AddRange((supports[map]?.Kept ?? [.. Enumerable.Range(0, count)]).Select(s => s + sites));
            nearest.AddRange((supports[map]?.Nearest ?? [.. Enumerable.Range(0, count)]).Select(r => r + first));
            sites += count;
        }

        return new Support([.. kept], [.. nearest]);
    }

    // Answers, and what is read as one run of numbers, have all their rows; so has everything pointwise in front of it.
    private bool[] DenseMaps()
    {
        bool[] dense = new bool[_bundle.Maps.Length];
        foreach (Port port in _bundle.Outputs)
        {
            dense[port.Map] = true;
        }

        for (int i = _bundle.Steps.Length - 1; i >= 0; i--)
        {
            Step step = _bundle.Steps[i];
            bool demands = step switch
            {
                MatMulStep => true,
                GatherStep g => _bundle.Maps[step.Inputs[0]].Channels % g.Width != 0,
                ConcatStep { AlongRows: true } => dense[step.Output],
                _ => IsPointwise(step) && dense[step.Output],
            };
            foreach (int input in step.Inputs)
            {
                dense[input] |= demands;
            }
        }

        return dense;
    }

    /// <summary>Whether a step has no tables: it has the rows of its input.</summary>
    internal static bool IsPointwise(Step step) => step is UnaryStep or LookupStep or ConvertStep or SoftmaxStep or LrnStep;

    private static bool Same(Support? a, Support? b)
        => ReferenceEquals(a, b) || (a is not null && b is not null && a.Kept.AsSpan().SequenceEqual(b.Kept) && a.Nearest.AsSpan().SequenceEqual(b.Nearest));

    private readonly struct RowKey(int[] entries) : IEquatable<RowKey>
    {
        private readonly int[] _entries = entries;

        public bool Equals(RowKey other) => _entries.AsSpan().SequenceEqual(other._entries);

        public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

        public override int GetHashCode()
        {
            ulong hash = 14695981039346656037;
            foreach (int entry in _entries)
            {
                hash = (hash ^ (uint)entry) * 1099511628211;
            }

            return (int)(hash ^ (hash >> 32));
        }
    }

    private readonly struct StepKey(int step, Support? mask, Support?[] inputs) : IEquatable<StepKey>
    {
        private readonly int _step = step;
        private readonly Support? _mask = mask;
        private readonly Support?[] _inputs = inputs;

        public bool Equals(StepKey other)
        {
            bool equal = _step == other._step && ReferenceEquals(_mask, other._mask);
            for (int i = 0; equal && i < _inputs.Length; i++)
            {
                equal = ReferenceEquals(_inputs[i], other._inputs[i]);
            }

            return equal;
        }

        public override bool Equals(object? obj) => obj is StepKey other && Equals(other);

        public override int GetHashCode() => _inputs.Aggregate(HashCode.Combine(_step, Identity(_mask)), (hash, s) => HashCode.Combine(hash, Identity(s)));

        private static int Identity(Support? support) => support is null ? 0 : RuntimeHelpers.GetHashCode(support);
    }

    private readonly struct SupportKey(Support support) : IEquatable<SupportKey>
    {
        private readonly Support _support = support;

        public bool Equals(SupportKey other) => Same(_support, other._support);

        public override bool Equals(object? obj) => obj is SupportKey other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(_support.Nearest.AsSpan()));
            hash.Add(_support.Kept.Length);
            return hash.ToHashCode();
        }
    }
}
