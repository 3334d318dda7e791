using EdgeRuntime.Images;

namespace EdgeRuntime.Detections;

/// <summary>Boxes that the model has decoded itself: boxes [1, n, 4] as corners in fractions, scores [1, n, classes].</summary>
internal sealed class BoxesDecoder : DetectionDecoder
{
    private readonly string _boxes;
    private readonly string _scores;

    internal BoxesDecoder(InputSpec spec, DetectorSpec detector)
        : base(spec, detector)
    {
        _boxes = detector.BoxesOutput!;
        _scores = detector.ScoresOutput!;
    }

    public override IReadOnlyList<string> OutputNames => [_scores, _boxes];

    private protected override void Collect(OutputReader outputs, List<Detection> detections)
    {
        ReadOnlySpan<float> boxes = Require(outputs, _boxes);
        ReadOnlySpan<float> scores = Require(outputs, _scores);
        int count = boxes.Length / 4;
        if (boxes.Length % 4 != 0 || scores.Length % count != 0 || scores.Length / count <= Spec.FirstClass
            || (Spec.Labels.Count > 0 && scores.Length / count != Spec.Labels.Count))
        {
            throw new InputException(
                $"{boxes.Length} box values and {scores.Length} score values do not fit {Spec.Labels.Count} labels",
                $"outputs '{_boxes}' and '{_scores}'",
                "They must be [1, n, 4] and [1, n, classes]: correct the names or the labels in the model's description");
        }

        int classes = scores.Length / count;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = scores.Slice(i * classes, classes);
            int best = Spec.FirstClass;
            for (int c = best + 1; c < classes; c++)
            {
                best = row[c] > row[best] ? c : best;
            }

            if (row[best] >= Threshold)
            {
                Add(detections, boxes[i * 4], boxes[(i * 4) + 1], boxes[(i * 4) + 2], boxes[(i * 4) + 3], best, row[best]);
            }
        }
    }
}
