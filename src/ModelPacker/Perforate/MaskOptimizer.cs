using System.Numerics.Tensors;

namespace ModelPacker.Perforate;

/// <summary>Finds the sites to keep whose stand-ins change the answer least (<see cref="StandInErrors"/>): local search by swaps of a kept and a skipped site, with a little
/// annealing (Kirkpatrick et al., 1983).</summary>
/// <remarks>Minimises (1 − ρ)·Σₛ mean(eₛ²) + ρ·mean((Σₛ eₛ)²). The second term is what is wanted, but it has more freedom than there are pictures; the first, which takes
/// errors of different sites for independent, keeps it from fitting the sample.</remarks>
internal sealed class MaskOptimizer
{
    private const double Joint = 0.05;
    private const double Heat = 5e-4;
    private const int SwapsPerSite = 100;

    // On large maps few pictures fit, and a good mask need not be the best one.
    private const int MostSwaps = 500_000;
    private const double ShareNear = 0.7;
    private const int Near = 2;

    // More than any measured error: a site that no kept one is near to.
    private readonly double _lost;

    private readonly StandInErrors _errors;
    private readonly Random _random;
    private readonly int _height;
    private readonly int _width;
    private readonly bool[] _kept;
    private readonly int[] _place;
    private readonly int[] _offset;
    private readonly int[] _keptSites;
    private readonly int[] _skippedSites;
    private float[] _sums;
    private float[] _newSums;
    private double _apart;
    private double _together;

    private readonly List<(int Site, int Old)> _changes = [];

    private MaskOptimizer(StandInErrors errors, IReadOnlyList<int> kept, Random random)
    {
        (_errors, _random, _height, _width) = (errors, random, errors.Height, errors.Width);
        int sites = _height * _width;
        _kept = new bool[sites];
        foreach (int site in kept)
        {
            _kept[site] = true;
        }

        _keptSites = [.. Enumerable.Range(0, sites).Where(s => _kept[s])];
        _skippedSites = [.. Enumerable.Range(0, sites).Where(s => !_kept[s])];
        _place = new int[sites];
        Number(_keptSites);
        Number(_skippedSites);
        _sums = new float[errors.Pictures];
        _newSums = new float[errors.Pictures];
        _offset = new int[sites];
        double most = 0;
        for (int s = 0; s < sites; s++)
        {
            for (int o = 0; o < StandInErrors.PerSite; o++)
            {
                most = Math.Max(most, errors.Energy(s, o));
            }
        }

        _lost = 4 * most;
        for (int s = 0; s < sites; s++)
        {
            _offset[s] = Nearest(s);
            _apart += Energy(s, _offset[s]);
            Add(_sums, s, _offset[s], 1);
        }

        _together = Together(_sums);
    }

    /// <summary>Improves a mask.</summary>
    /// <param name="errors">Errors.</param>
    /// <param name="kept">Sites to start from.</param>
    /// <param name="random">Draws the swaps.</param>
    /// <returns>As many sites, rising.</returns>
    public static int[] Improve(StandInErrors errors, IReadOnlyList<int> kept, Random random)
    {
        MaskOptimizer optimizer = new(errors, kept, random);
        optimizer.Run();
        int[] found = optimizer._keptSites;
        Array.Sort(found);
        return found;
    }

    private static double Cost(double apart, double together) => ((1 - Joint) * apart) + (Joint * together);

    private void Run()
    {
        if (_keptSites.Length == 0 || _skippedSites.Length == 0)
        {
            return;
        }

        long swaps = Math.Min((long)SwapsPerSite * _kept.Length, MostSwaps);
        for (long i = 0; i < swaps; i++)
        {
            int from = _keptSites[_random.Next(_keptSites.Length)];
            int to = Partner(from);
            double left = 1 - ((double)i / swaps);
            Try(from, to, Heat * left * left);
        }
    }

    private int Partner(int from)
    {
        if (_random.NextDouble() < ShareNear)
        {
            int y = (from / _width) + _random.Next(-Near, Near + 1);
            int x = (from % _width) + _random.Next(-Near, Near + 1);
            if ((uint)y < (uint)_height && (uint)x < (uint)_width && !_kept[(y * _width) + x])
            {
                return (y * _width) + x;
            }
        }

        return _skippedSites[_random.Next(_skippedSites.Length)];
    }

    private void Try(int from, int to, double heat)
    {
        double apart = _apart;
        _changes.Clear();
        (_kept[from], _kept[to]) = (false, true);
        Reassign(from, s => _offset[s] == Offset(s, from));
        Reassign(to, s => Closer(s, to));
        double before = Cost(apart, _together);
        double together = 0;

        // What is worse by far even if all errors cancelled need not be added up.
        bool hopeless = (1 - Joint) * _apart > before * (1 + (20 * heat));
        if (!hopeless)
        {
            _sums.CopyTo(_newSums, 0);
            foreach ((int site, int old) in _changes)
            {
                Add(_newSums, site, old, -1);
                Add(_newSums, site, _offset[site], 1);
            }

            together = Together(_newSums);
        }

        double after = Cost(_apart, together);
        if (!hopeless && (after <= before || (heat > 0 && _random.NextDouble() < Math.Exp((before - after) / (heat * before)))))
        {
            (_sums, _newSums) = (_newSums, _sums);
            _together = together;
            (_keptSites[_place[from]], _skippedSites[_place[to]]) = (to, from);
            (_place[from], _place[to]) = (_place[to], _place[from]);
            return;
        }

        // Backwards, because a site may have changed twice.
        for (int i = _changes.Count - 1; i >= 0; i--)
        {
            _offset[_changes[i].Site] = _changes[i].Old;
        }

        (_kept[from], _kept[to]) = (true, false);
        _apart = apart;
    }

    // Finds new stand-ins for the sites near one that came or went.
    private void Reassign(int center, Func<int, bool> affected)
    {
        (int cy, int cx) = (center / _width, center % _width);
        for (int y = Math.Max(0, cy - StandInErrors.Radius); y <= Math.Min(_height - 1, cy + StandInErrors.Radius); y++)
        {
            for (int x = Math.Max(0, cx - StandInErrors.Radius); x <= Math.Min(_width - 1, cx + StandInErrors.Radius); x++)
            {
                int site = (y * _width) + x;
                if (affected(site))
                {
                    int old = _offset[site];
                    _offset[site] = Nearest(site);
                    _apart += Energy(site, _offset[site]) - Energy(site, old);
                    _changes.Add((site, old));
                }
            }
        }
    }

    private bool Closer(int site, int to)
    {
        int now = _offset[site];
        int then = Offset(site, to);
        return now < 0 || Order(site, then).CompareTo(Order(site, now)) < 0;
    }

    private int Offset(int site, int standIn)
    {
        int dy = (standIn / _width) - (site / _width);
        int dx = (standIn % _width) - (site % _width);
        return StandInErrors.Offset(dy, dx);
    }

    // By distance, then by error.
    private (int, double) Order(int site, int offset) => (Distances[offset], _errors.Energy(site, offset));

    // -1 where nothing is kept within reach.
    private int Nearest(int site)
    {
        (int y, int x) = (site / _width, site % _width);
        foreach (int[] ring in Rings)
        {
            int best = -1;
            foreach (int offset in ring)
            {
                (int dy, int dx) = Steps[offset];
                if ((uint)(y + dy) < (uint)_height && (uint)(x + dx) < (uint)_width && _kept[site + (dy * _width) + dx]
                    && (best < 0 || _errors.Energy(site, offset) < _errors.Energy(site, best)))
                {
                    best = offset;
                }
            }

            if (best >= 0)
            {
                return best;
            }
        }

        return -1;
    }

    private double Energy(int site, int offset) => offset < 0 ? _lost : _errors.Energy(site, offset);

    private void Add(float[] sums, int site, int offset, float sign)
    {
        if (offset >= 0 && _errors.Of(site, offset) is { IsEmpty: false } errors)
        {
            TensorPrimitives.MultiplyAdd(errors, sign, sums, sums);
        }
    }

    private static double Together(float[] sums) => TensorPrimitives.SumOfSquares<float>(sums) / sums.Length;

    private void Number(int[] sites)
    {
        for (int i = 0; i < sites.Length; i++)
        {
            _place[sites[i]] = i;
        }
    }

    private static readonly (int Dy, int Dx)[] Steps = [.. Enumerable.Range(-StandInErrors.Radius, (2 * StandInErrors.Radius) + 1)
        .SelectMany(dy => Enumerable.Range(-StandInErrors.Radius, (2 * StandInErrors.Radius) + 1).Select(dx => (dy, dx)))];

    private static readonly int[] Distances = [.. Steps.Select(s => (s.Dy * s.Dy) + (s.Dx * s.Dx))];

    // Offsets of equal distance, the nearest first.
    private static readonly int[][] Rings = [.. Enumerable.Range(0, Steps.Length).GroupBy(o => Distances[o]).OrderBy(g => g.Key).Select(g => g.ToArray())];
}
