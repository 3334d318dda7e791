using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients.Steps;

/// <summary>A function given by its values at the 256 numbers that the input can be: linear in between, constant outside. With fake quantisation its
/// slope at a number is that between both neighbours.</summary>
internal sealed unsafe class LookupGradient : StepGradient
{
    private const int Entries = 256;

    private readonly float* _values;
    private readonly bool _perChannel;
    private readonly bool _round;
    private readonly float _inverse;
    private readonly int _origin;

    public LookupGradient(StepContext context, LookupStep step)
        : base(context)
    {
        Bundle bundle = context.Memory.Bundle;
        sbyte[] table = BundleConstants.Read<sbyte>(bundle, step.Table);
        Map from = bundle.Maps[step.Inputs[0]];
        Map to = bundle.Maps[step.Output];
        _values = (float*)context.Memory.Allocate((long)table.Length * sizeof(float));
        for (int i = 0; i < table.Length; i++)
        {
            _values[i] = (table[i] - to.ZeroPoint) * to.Scale;
        }

        _perChannel = table.Length != Entries;
        _round = context.Memory.Network.Options.FakeQuantize;
        _inverse = 1 / from.Scale;
        _origin = from.ZeroPoint + 128;
    }

    public override void Forward(int pictures)
    {
        nint count = (nint)(pictures * Context.OutputElements);
        float* x = Context.Input(0);
        float* y = Context.Output;
        for (nint i = 0; i < count; i++)
        {
            float* values = ValuesOf(i);
            float at = Position(x[i]);
            if (_round)
            {
                y[i] = values[(int)MathF.Round(at)];
                continue;
            }

            int left = Math.Min((int)at, Entries - 2);
            y[i] = values[left] + ((at - left) * (values[left + 1] - values[left]));
        }
    }

    public override void Backward(int pictures)
    {
        float* dx = Context.InputGradientToAdd(0, pictures);
        if (dx is null)
        {
            return;
        }

        nint count = (nint)(pictures * Context.OutputElements);
        float* x = Context.Input(0);
        float* dy = Context.OutputGradient;
        for (nint i = 0; i < count; i++)
        {
            float* values = ValuesOf(i);
            float at = Position(x[i]);
            int left = _round ? Math.Max(0, (int)MathF.Round(at) - 1) : Math.Min((int)at, Entries - 2);
            int right = _round ? Math.Min(Entries - 1, (int)MathF.Round(at) + 1) : left + 1;
            dx[i] += dy[i] * (values[right] - values[left]) / (right - left) * _inverse;
        }
    }

    private float* ValuesOf(nint element) => _perChannel ? _values + (element % Context.Channels * Entries) : _values;

    // NaN goes to the zero point, as where the runtime quantises.
    private float Position(float x)
    {
        float at = (x * _inverse) + _origin;
        return float.IsNaN(at) ? _origin : Math.Clamp(at, 0, Entries - 1);
    }
}
