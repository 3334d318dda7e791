using System.Buffers;
using System.Runtime.InteropServices;

namespace EdgeRuntime.Detections;

/// <summary>Greedy non-maximum suppression, each class on its own.</summary>
public static class NonMaximumSuppression
{
    /// <summary>Sorts by falling score (ties: lower class, then as they came) and drops every box that overlaps a kept one of its class.</summary>
    /// <param name="detections">Changed in place.</param>
    /// <param name="maximumOverlap">Largest intersection over union that two kept boxes of a class may have.</param>
    public static void Apply(List<Detection> detections, float maximumOverlap)
    {
        ArgumentNullException.ThrowIfNull(detections);
        Sort(CollectionsMarshal.AsSpan(detections));
        int kept = 0;
        for (int next = 0; next < detections.Count; next++)
        {
            Detection candidate = detections[next];
            bool keep = true;
            for (int i = 0; i < kept && keep; i++)
            {
                keep = detections[i].Class != candidate.Class || Detection.Overlap(detections[i], candidate) <= maximumOverlap;
            }

            if (keep)
            {
                detections[kept++] = candidate;
            }
        }

        detections.RemoveRange(kept, detections.Count - kept);
    }

    // Sorting is not stable by itself: the place is the last part of the key. Scores are positive, so their bits rise with them.
    private static void Sort(Span<Detection> detections)
    {
        UInt128[] rented = ArrayPool<UInt128>.Shared.Rent(detections.Length);
        Span<UInt128> keys = rented.AsSpan(0, detections.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new UInt128(~BitConverter.SingleToUInt32Bits(detections[i].Score), ((ulong)(uint)detections[i].Class << 32) | (uint)i);
        }

        keys.Sort(detections);
        ArrayPool<UInt128>.Shared.Return(rented);
    }
}
