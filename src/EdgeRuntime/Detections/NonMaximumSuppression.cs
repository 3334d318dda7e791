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
        List<Detection> sorted = [.. detections.OrderByDescending(d => d.Score).ThenBy(d => d.Class)];
        detections.Clear();
        foreach (Detection candidate in sorted)
        {
            bool keep = true;
            for (int i = 0; i < detections.Count && keep; i++)
            {
                keep = detections[i].Class != candidate.Class || Detection.Overlap(detections[i], candidate) <= maximumOverlap;
            }

            if (keep)
            {
                detections.Add(candidate);
            }
        }
    }
}
