namespace EdgeRuntime.Images;

/// <summary>Reads a detector's "output" block.</summary>
internal static class DetectorSpecReader
{
    internal static DetectorSpec Read(JsonMember output, InputSpec spec)
    {
        DetectorSpec detector = new();
        detector = detector with
        {
            ScoreThreshold = Share(output.Optional("score_threshold")) ?? detector.ScoreThreshold,
            NmsIou = Share(output.Optional("nms_iou")) ?? detector.NmsIou,
        };
        if (output.Optional("heads") is { } heads)
        {
            YoloHead[] list = [.. heads.Items().Select(head => Head(head, spec))];
            return list.Length == 0 ? throw heads.Error("the list is empty", "Name the outputs of the model") : detector with { Heads = list };
        }

        if (output.Optional("boxes") is { } boxes)
        {
            if (output.Optional("decoded_in_model") is { Element.ValueKind: System.Text.Json.JsonValueKind.False } raw)
            {
                throw raw.Error("boxes that the model does not decode itself are not supported in this form", "Export the model with its box decoding, or describe raw YOLO 'heads'");
            }

            return detector with { BoxesOutput = boxes.Required("name").AsText(), ScoresOutput = output.Required("scores").Required("name").AsText() };
        }

        throw output.Error("neither 'heads' (raw YOLO) nor 'boxes' and 'scores' (decoded in the model) is given", "Describe the outputs in one of these two forms");
    }

    private static YoloHead Head(JsonMember head, InputSpec spec)
    {
        (int columns, int rows) = Grid(head, spec);
        JsonMember list = head.Required("anchors");
        (float, float)[] anchors = [.. list.Items().Select(Anchor)];
        return anchors.Length == 0
            ? throw list.Error("the list is empty", "Give each anchor as [width, height] in input pixels")
            : new YoloHead(head.Required("name").AsText(), columns, rows, anchors);
    }

    private static (int Columns, int Rows) Grid(JsonMember head, InputSpec spec)
    {
        if (head.Optional("grid") is not { } grid)
        {
            int stride = head.Required("stride").AsInteger(1, InputSpec.MaxSide);
            return (Math.Max(spec.Width / stride, 1), Math.Max(spec.Height / stride, 1));
        }

        if (grid.Element.ValueKind == System.Text.Json.JsonValueKind.Number)
        {
            int side = grid.AsInteger(1, InputSpec.MaxSide);
            return (side, side);
        }

        JsonMember[] sides = grid.Items();
        return sides.Length == 2
            ? (sides[0].AsInteger(1, InputSpec.MaxSide), sides[1].AsInteger(1, InputSpec.MaxSide))
            : throw grid.Error("two numbers are wanted", "Write [columns, rows] or one number for a square");
    }

    private static (float Width, float Height) Anchor(JsonMember anchor)
    {
        JsonMember[] sides = anchor.Items();
        return sides.Length == 2
            ? (sides[0].AsNumber(), sides[1].AsNumber())
            : throw anchor.Error("two numbers are wanted", "Write [width, height] in input pixels");
    }

    private static float? Share(JsonMember? member)
    {
        float? value = member?.AsNumber();
        return value is < 0 or > 1 ? throw member!.Value.Error("a share is wanted here", "Use 0..1") : value;
    }
}
