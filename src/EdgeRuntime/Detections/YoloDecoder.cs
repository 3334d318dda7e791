using EdgeRuntime.Images;

namespace EdgeRuntime.Detections;

/// <summary>Raw heads of the YOLOv3 family: per anchor tx, ty, tw, th, objectness, one score per class.</summary>
/// <remarks>
/// cx = (column + σ(tx)) / columns, w = anchor · exp(tw) / input width, score = σ(objectness) · max σ(class).
/// Source: Redmon and Farhadi, YOLOv3: An Incremental Improvement, 2018, section 2.
/// </remarks>
internal sealed class YoloDecoder : DetectionDecoder
{
    private readonly IReadOnlyList<YoloHead> _heads;

    internal YoloDecoder(InputSpec spec, DetectorSpec detector)
        : base(spec, detector) => _heads = detector.Heads;

    public override IReadOnlyList<string> OutputNames => [.. _heads.Select(head => head.Name)];

    private protected override void Collect(OutputReader outputs, List<Detection> detections)
    {
        // Counted: an enumerator of the list would be allocated for every picture.
        for (int i = 0; i < _heads.Count; i++)
        {
            YoloHead head = _heads[i];
            ReadOnlySpan<float> values = Require(outputs, head.Name);
            int cells = head.Columns * head.Rows;
            int channels = values.Length / cells / head.Anchors.Count;
            int classes = channels - 5;
            if (values.Length != cells * head.Anchors.Count * channels || classes <= Spec.FirstClass
                || (Spec.Labels.Count > 0 && classes != Spec.Labels.Count))
            {
                int wanted = cells * head.Anchors.Count * (5 + Spec.Labels.Count);
                throw new InputException(
                    $"the output has {values.Length} values, the description means {wanted} ({head.Anchors.Count} anchors, 5 + {Spec.Labels.Count} values, {head.Columns}x{head.Rows} cells)",
                    $"output '{head.Name}'",
                    "Correct grid, anchors or labels in the model's description");
            }

            for (int anchor = 0; anchor < head.Anchors.Count; anchor++)
            {
                Anchor(head, anchor, values.Slice(anchor * channels * cells, channels * cells), classes, detections);
            }
        }
    }

    private void Anchor(YoloHead head, int anchor, ReadOnlySpan<float> planes, int classes, List<Detection> detections)
    {
        int cells = head.Columns * head.Rows;
        for (int cell = 0; cell < cells; cell++)
        {
            // No class score can lift the product above the objectness: most cells end here.
            float objectness = Sigmoid(planes[(4 * cells) + cell]);
            if (!(objectness >= Threshold))
            {
                continue;
            }

            int best = Spec.FirstClass;
            for (int c = best + 1; c < classes; c++)
            {
                best = planes[((5 + c) * cells) + cell] > planes[((5 + best) * cells) + cell] ? c : best;
            }

            float score = objectness * Sigmoid(planes[((5 + best) * cells) + cell]);
            if (!(score >= Threshold))
            {
                continue;
            }

            float x = ((cell % head.Columns) + Sigmoid(planes[cell])) / head.Columns;
            float y = ((cell / head.Columns) + Sigmoid(planes[cells + cell])) / head.Rows;
            float width = head.Anchors[anchor].Width * MathF.Exp(planes[(2 * cells) + cell]) / Spec.Width;
            float height = head.Anchors[anchor].Height * MathF.Exp(planes[(3 * cells) + cell]) / Spec.Height;
            Add(detections, x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2), best, score);
        }
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
