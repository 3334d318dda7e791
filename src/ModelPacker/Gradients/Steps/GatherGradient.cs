using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients.Steps;

/// <summary>Copies pieces of rows; backward they are added to where they came from.</summary>
internal sealed unsafe class GatherGradient : StepGradient
{
    private readonly int* _table;
    private readonly int _pieces;
    private readonly int _width;
    private readonly float _fill;

    public GatherGradient(StepContext context, GatherStep step)
        : base(context)
    {
        _table = context.Table(0);
        _width = _table is null ? context.Channels : step.Width;
        _pieces = context.Rows * (context.Channels / _width);
        Map map = context.Memory.Bundle.Maps[step.Output];
        _fill = (step.Fill - map.ZeroPoint) * map.Scale;
    }

    public override void Forward(int pictures)
    {
        for (int p = 0; p < pictures; p++)
        {
            float* x = Context.Input(0) + (p * Context.InputElements(0));
            float* y = Context.Output + (p * Context.OutputElements);
            for (nint i = 0; i < _pieces; i++, y += _width)
            {
                nint entry = _table is null ? i : _table[i];
                if (entry >= 0)
                {
                    Lines.Copy(x + (entry * _width), y, _width);
                }
                else
                {
                    new Span<float>(y, _width).Fill(_fill);
                }
            }
        }
    }

    public override void Backward(int pictures)
    {
        float* inputGradient = Context.InputGradientToAdd(0, pictures);
        if (inputGradient is null)
        {
            return;
        }

        for (int p = 0; p < pictures; p++)
        {
            float* dx = inputGradient + (p * Context.InputElements(0));
            float* dy = Context.OutputGradient + (p * Context.OutputElements);
            for (nint i = 0; i < _pieces; i++, dy += _width)
            {
                nint entry = _table is null ? i : _table[i];
                if (entry >= 0)
                {
                    Lines.Add(dy, dx + (entry * _width), _width);
                }
            }
        }
    }
}
