namespace ModelPacker.Gradients.Steps;

/// <summary>Crosses between int8 and fp32: real numbers stay what they are, but for the rounding and range of an int8 output.</summary>
internal sealed unsafe class ConvertGradient(StepContext context) : StepGradient(context)
{
    public override void Forward(int pictures)
    {
        Lines.Copy(Context.Input(0), Context.Output, (nint)(pictures * Context.OutputElements));
        Activate(pictures);
    }

    public override void Backward(int pictures)
    {
        Deactivate(pictures);
        float* dx = Context.InputGradientToAdd(0, pictures);
        if (dx is not null)
        {
            Lines.Add(Context.OutputGradient, dx, (nint)(pictures * Context.OutputElements));
        }
    }
}
