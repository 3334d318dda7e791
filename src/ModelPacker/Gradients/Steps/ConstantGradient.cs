using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients.Steps;

/// <summary>A map of constants, the same for every picture.</summary>
internal sealed unsafe class ConstantGradient : StepGradient
{
    private readonly float[] _values;

    public ConstantGradient(StepContext context, ConstantStep step)
        : base(context)
    {
        Bundle bundle = context.Memory.Bundle;
        Map map = bundle.Maps[step.Output];
        _values = map.Type == ElementType.F32 ? BundleConstants.Read<float>(bundle, step.Values)
            : Array.ConvertAll(BundleConstants.Read<sbyte>(bundle, step.Values), q => (q - map.ZeroPoint) * map.Scale);
    }

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            _values.CopyTo(new Span<float>(Context.Output + (p * Context.OutputElements), _values.Length));
        }
    }

    public override void Backward(int pictures)
    {
        // Constants are no parameters.
    }
}
