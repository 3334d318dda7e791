using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace ModelPacker.Perforate;

/// <summary>A network for a smaller picture: same steps, weights and quantisation, other rows and tables.</summary>
/// <remarks>
/// Windows, strides and paddings are laid over the smaller maps as they were over the full ones, and a pooling of the whole map pools the whole of the smaller one. The network is interpolated where
/// that has an end: what has to have all its rows (answers, a matrix), a resampling, or a sum with a map that kept its size reads, for every site, the row of the nearest site there is.
/// </remarks>
public sealed class ResizedNetwork
{
    private ResizedNetwork(InputSize size, Bundle bundle, (int Height, int Width)[] grids, PointTables tables)
    {
        Size = size;
        Bundle = bundle;
        Grids = grids;
        Tables = tables;
    }

    /// <summary>Size of the picture.</summary>
    public InputSize Size { get; }

    /// <summary>The network as a bundle whose only point, the "dense" one, is this. Its constants are those of the bundle that it was made from, which must stay open.</summary>
    public Bundle Bundle { get; }

    /// <summary>Grids of its maps.</summary>
    public (int Height, int Width)[] Grids { get; }

    /// <summary>Rows and tables, for a point of the bundle that it was made from.</summary>
    public PointTables Tables { get; }

    /// <summary>Lays a network out for a smaller picture.</summary>
    /// <param name="bundle">A bundle; its first point is dense.</param>
    /// <param name="grids">Grids of its maps.</param>
    /// <param name="perforator">Of the same bundle.</param>
    /// <param name="size">Size of the picture.</param>
    /// <returns>The network, or null where it takes no picture, or none that is smaller.</returns>
    public static ResizedNetwork? Of(Bundle bundle, (int Height, int Width)[] grids, Perforator perforator, InputSize size)
    {
        if (bundle.Inputs is not [{ Dims.Length: 4 } input] || grids[input.Map] is not { Height: > 1, Width: > 1 } full
            || size.Height < 1 || size.Width < 1 || size.Height > full.Height || size.Width > full.Width || (size.Height, size.Width) == full)
        {
            return null;
        }

        Layout layout = new(bundle, grids, perforator);
        if (layout.NeedsAllRows(input.Map))
        {
            return null;
        }

        PointTables tables = layout.Run(input.Map, size);
        PointAssembler assembler = new(bundle);
        assembler.Add("resized", tables);
        Bundle both = assembler.Build([]);
        OperatingPoint point = both.Points[1];
        Bundle alone = new()
        {
            Name = both.Name,
            Producer = both.Producer,
            Maps = both.Maps,
            Steps = both.Steps,
            Tables = both.Tables,
            Blobs = both.Blobs,
            Weights = both.Weights,
            Points = [new OperatingPoint { Name = bundle.Points[0].Name, Rows = point.Rows, Tables = point.Tables, Input = point.Input }],
            Inputs = both.Inputs,
            Outputs = both.Outputs,
            InputSpec = both.InputSpec,
        };
        return new ResizedNetwork(size, alone, [.. layout.Grids.Select((g, m) => grids[m] == (0, 0) ? (0, 0) : g)], tables);
    }

    private sealed class Layout
    {
        private readonly Bundle _bundle;
        private readonly OperatingPoint _dense;
        private readonly int[] _rows;
        private readonly bool[] _all;

        // What is flattened or reshaped is still rows of a grid to the pointwise steps behind, although its shape does not say so.
        private readonly (int Height, int Width)[] _full;

        public Layout(Bundle bundle, (int Height, int Width)[] grids, Perforator perforator)
        {
            _bundle = bundle;
            _dense = bundle.Points[0];
            _rows = [.. _dense.Rows];
            _full = [.. grids];
            foreach (Step step in bundle.Steps.Where(Perforator.IsPointwise))
            {
                _full[step.Output] = _full[step.Output] == (0, 0) ? _full[step.Inputs[0]] : _full[step.Output];
            }

            Grids = [.. _full];
            _all = [.. Enumerable.Range(0, bundle.Maps.Length).Select(perforator.NeedsAllRows)];
            foreach (Step step in bundle.Steps.Reverse())
            {
                // These have no tables to interpolate with.
                if (step is MatMulStep or ConcatStep { AlongRows: true } || (Perforator.IsPointwise(step) && _all[step.Output]))
                {
                    Array.ForEach(step.Inputs, m => _all[m] = true);
                }
            }
        }

        public (int Height, int Width)[] Grids { get; }

        public bool NeedsAllRows(int map) => _all[map];

        public PointTables Run(int input, InputSize size)
        {
            Shrink(input, (size.Height, size.Width));
            GatherTable?[][] tables = new GatherTable?[_bundle.Steps.Length][];
            for (int i = 0; i < tables.Length; i++)
            {
                tables[i] = Lay(_bundle.Steps[i], Array.ConvertAll(_dense.Tables[i], t => t < 0 ? null : _bundle.Tables[t]));
            }

            return new PointTables(_rows, tables, new Support?[_rows.Length]) { Input = size };
        }

        private bool IsSmall(int map) => Grids[map] != _full[map];

        private GatherTable?[] Lay(Step step, GatherTable?[] dense)
        {
            if (!Array.Exists(step.Inputs, IsSmall))
            {
                return dense;
            }

            if (!_all[step.Output] && step is not (GatherStep or ResampleStep) && SmallOutput(step, dense) is { } small)
            {
                GatherTable?[] laid = [.. step.Inputs.Select((map, k) => Laid(dense[k], map, step.Output, small))];
                Shrink(step.Output, small);
                return laid;
            }

            if (step is PoolStep { Divisor: 0 } && PoolsAll(dense[0], step.Inputs[0]))
            {
                return [new GatherTable(1, _rows[step.Inputs[0]], _rows[step.Inputs[0]], [.. Enumerable.Range(0, _rows[step.Inputs[0]])])];
            }

            return [.. step.Inputs.Select((map, k) => IsSmall(map) ? Interpolated(step, dense[k], map) : dense[k])];
        }

        private bool PoolsAll(GatherTable? dense, int map)
            => dense is { Rows: 1 } && dense.Taps == _dense.Rows[map] && dense.Entries.Order().SequenceEqual(Enumerable.Range(0, dense.Taps));

        private GatherTable? Laid(GatherTable? dense, int map, int output, (int Height, int Width) small)
        {
            if (dense is null)
            {
                return null;
            }

            int sites = small.Height * small.Width;
            int[] entries = IsSmall(map) ? WindowGeometry.Of(dense, _full[map], _full[output])!.Table(Grids[map], small) : new int[sites * dense.Taps];
            return new GatherTable(sites, dense.Taps, _rows[map], entries);
        }

        // One row for all sites, as a gate of every channel is.
        private bool IsBroadcast(GatherTable? dense, int map) => dense is not null && _dense.Rows[map] == 1 && !Array.Exists(dense.Entries, e => e != 0);

        // The grid of the output, where all inputs agree on one that is smaller.
        private (int Height, int Width)? SmallOutput(Step step, GatherTable?[] dense)
        {
            (int Height, int Width)? found = null;
            for (int k = 0; k < step.Inputs.Length; k++)
            {
                int map = step.Inputs[k];
                if (IsBroadcast(dense[k], map))
                {
                    continue;
                }

                if (!IsSmall(map) || WindowGeometry.Of(dense[k], _full[map], _full[step.Output]) is not { } windows)
                {
                    return null;
                }

                (int Height, int Width) output = windows.Output(Grids[map]);
                if (output.Height < 1 || output.Width < 1 || output.Height > _full[step.Output].Height || output.Width > _full[step.Output].Width || (found ?? output) != output)
                {
                    return null;
                }

                found = output;
            }

            // Windows of a small map may be as many as those of the full one; it is then a full one to those behind.
            return found == _full[step.Output] ? null : found;
        }

        // All output rows; whatever they read of the full map they read of the nearest row there is.
        private GatherTable Interpolated(Step step, GatherTable? dense, int map)
        {
            int[] lines = MapLines.Nearest(_full[map].Height, Grids[map].Height);
            int[] columns = MapLines.Nearest(_full[map].Width, Grids[map].Width);
            int pieces = step is GatherStep g ? Math.Max(1, _bundle.Maps[map].Channels / g.Width) : 1;
            int width = _full[map].Width;
            int taps = dense?.Taps ?? (step is GatherStep gather ? _bundle.Maps[step.Output].Channels / gather.Width : 1);
            int rows = _dense.Rows[step.Output];
            int[] entries = new int[rows * taps];
            for (int e = 0; e < entries.Length; e++)
            {
                int entry = dense?.Entries[e] ?? e;
                int site = entry / pieces;
                entries[e] = entry < 0 ? entry : (((lines[site / width] * Grids[map].Width) + columns[site % width]) * pieces) + (entry % pieces);
            }

            return new GatherTable(rows, taps, _rows[map] * pieces, entries);
        }

        private void Shrink(int map, (int Height, int Width) grid)
        {
            Grids[map] = grid;
            _rows[map] = grid.Height * grid.Width;
        }
    }
}
