using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients.Steps;

/// <summary>Joins maps side by side or one below the other.</summary>
internal sealed unsafe class ConcatGradient(StepContext context, ConcatStep step) : StepGradient(context)
{
    public override void Forward(int pictures)
    {
        nint offset = 0;
        for (int k = 0; k < step.Inputs.Length; k++)
        {
            Part part = PartOf(k);
            for (int p = 0; p < pictures; p++)
            {
                float* x = Context.Input(k) + (p * Context.InputElements(k));
                float* y = Context.Output + (p * Context.OutputElements) + offset;
                for (nint row = 0; row < part.Rows; row++)
                {
                    nint entry = part.Table is null ? row : part.Table[row];
                    Lines.Copy(x + (entry * part.Channels), y + (row * Context.Channels), part.Channels);
                }
            }

            offset += part.Advance;
        }
    }

    public override void Backward(int pictures)
    {
        nint offset = 0;
        for (int k = 0; k < step.Inputs.Length; k++)
        {
            Part part = PartOf(k);
            float* inputGradient = Context.InputGradientToAdd(k, pictures);
            for (int p = 0; p < pictures && inputGradient is not null; p++)
            {
                float* dx = inputGradient + (p * Context.InputElements(k));
                float* dy = Context.OutputGradient + (p * Context.OutputElements) + offset;
                for (nint row = 0; row < part.Rows; row++)
                {
                    nint entry = part.Table is null ? row : part.Table[row];
                    Lines.Add(dy + (row * Context.Channels), dx + (entry * part.Channels), part.Channels);
                }
            }

            offset += part.Advance;
        }
    }

    private Part PartOf(int input)
    {
        int channels = Context.InputChannels(input);
        int rows = step.AlongRows ? Context.InputRows(input) : Context.Rows;
        return new Part(rows, channels, Context.Table(input), step.AlongRows ? (nint)rows * Context.Channels : channels);
    }

    private readonly struct Part(int rows, int channels, int* table, nint advance)
    {
        public int Rows => rows;

        public int Channels => channels;

        public int* Table => table;

        public nint Advance => advance;
    }
}
